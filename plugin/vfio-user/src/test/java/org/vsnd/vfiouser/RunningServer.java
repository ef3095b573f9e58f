// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.SocketAccess;
import org.vsnd.spi.Host;

/** A server with a {@link FakeFunction} on a thread of its own, and what it logs. */
final class RunningServer implements AutoCloseable {
    final DeviceServer server;
    final FakeFunction function;
    final Path path;
    final Thread thread;
    final LogLines log = new LogLines();

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

    /** Waits for something another thread does. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            Thread.sleep(1);
        }
    }

    @Override
    public void close() {
        server.close(); // waits for the thread
        log.close();
        assertThat(function.closes).isOne();
    }
}
