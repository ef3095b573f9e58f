// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Unix sockets of servers. */
final class Sockets {
    private Sockets() {}

    /** Whether something listens there; the file alone may be left from a server that was killed. */
    static boolean accepts(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
