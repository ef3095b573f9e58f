// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.Function;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.SocketAccess;
import org.vsnd.spi.Host;
import org.vsnd.testing.LogLines;

/** A server with a {@link FakeFunction} on a thread of its own, and what it logs. */
final class RunningServer implements AutoCloseable {
    final DeviceServer server;
    final FakeFunction function;
    final Path path;
    final Thread thread;
    final LogLines log = new LogLines(DeviceServer.class);

    RunningServer(Path folder) throws Exception {
        this(folder, "s", false);
    }

    RunningServer(Path folder, String name, boolean once) throws Exception {
        this(folder, name, once, FakeFunction::new);
    }

    RunningServer(Path folder, String name, boolean once, Function<Host, FakeFunction> factory) throws Exception {
        path = folder.resolve(name);
        FakeFunction[] made = new FakeFunction[1];
        server = new DeviceServer(
                path, SocketAccess.OWNER_ONLY, VfioUserProtocol.serving(host -> made[0] = factory.apply(host)));
        function = made[0];
        thread = new Thread(() -> server.run(once), "test");
        thread.start();
    }

    @Override
    public void close() {
        server.close(); // waits for the thread
        log.close();
        assertThat(function.closes).isOne();
    }
}
