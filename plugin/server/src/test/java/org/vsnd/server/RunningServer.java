// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.vsnd.testing.LogLines;

/** A server with a {@link FakeProtocol} on a thread of its own, and what it logs. */
final class RunningServer implements AutoCloseable {
    final DeviceServer server;
    final FakeProtocol front;
    final Path path;
    final Thread thread;
    final LogLines log = new LogLines(DeviceServer.class);

    RunningServer(Path folder) throws Exception {
        this(folder, "s", false);
    }

    RunningServer(Path folder, String name, boolean once) throws Exception {
        path = folder.resolve(name);
        FakeProtocol[] made = new FakeProtocol[1];
        server = new DeviceServer(path, SocketAccess.OWNER_ONLY, parts -> made[0] = new FakeProtocol(parts));
        front = made[0];
        thread = new Thread(() -> server.run(once), "test");
        thread.start();
    }

    @Override
    public void close() {
        server.close(); // waits for the thread
        log.close();
        assertThat(front.closes).isOne();
    }
}
