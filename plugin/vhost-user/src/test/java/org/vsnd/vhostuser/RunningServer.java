// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.ServiceManager;
import org.vsnd.server.SocketAccess;
import org.vsnd.testing.LogLines;

/** A server with a {@link FakeDevice} on a thread of its own, and what it logs. */
final class RunningServer implements AutoCloseable {
    final DeviceServer server;
    final FakeDevice device;
    final Path path;
    final LogLines log = new LogLines(DeviceServer.class);

    RunningServer(Path folder) throws Exception {
        this(folder, null);
    }

    /** @param state keeps what the next server must know */
    RunningServer(Path folder, @Nullable Path state) throws Exception {
        this(folder, state, ServiceManager.NONE);
    }

    /** @param manager keeps what the next server goes on with */
    RunningServer(Path folder, @Nullable Path state, ServiceManager manager) throws Exception {
        this(folder, state, manager, 0);
    }

    /** One whose device offers packed rings, which its clients then take. */
    static RunningServer packed(Path folder, @Nullable Path state, ServiceManager manager) throws Exception {
        return new RunningServer(folder, state, manager, 1L << 34);
    }

    private RunningServer(Path folder, @Nullable Path state, ServiceManager manager, long offered) throws Exception {
        path = folder.resolve("s");
        FakeDevice[] made = new FakeDevice[1];
        VhostUserProtocol.DeviceFactory factory = (thread, budget) -> made[0] = new FakeDevice(thread, offered);
        server = new DeviceServer(
                path,
                SocketAccess.OWNER_ONLY,
                state == null
                        ? VhostUserProtocol.serving(factory)
                        : VhostUserProtocol.serving(factory, new StateFile(state, true), manager));
        device = made[0];
        new Thread(() -> server.run(false), "test").start();
    }

    /** Asks something on the device thread. */
    <T> T ask(Callable<T> question) throws Exception {
        FutureTask<T> task = new FutureTask<>(question);
        device.on(task::run);
        return task.get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.close(); // waits for the thread
        log.close();
        assertThat(device.closes).isOne();
    }
}
