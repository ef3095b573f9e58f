// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.spi.GuestMemory;

/** Serving a client that plays allocates nothing. */
class SteadyStateTest {
    @TempDir
    Path folder;

    @Test
    void steadyStateAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                EventFd interrupt = EventFd.create();
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x8000, 3, 0, ram.fd());
            client.map(0x8000, 0x8000, 3, 0x8000, ram.fd());
            client.setIrqs(0x24, 2, 0, 1, interrupt.fd());
            ByteBuffer scratch = ByteBuffer.allocate(0x1000);
            GuestMemory memory = running.function.host.memory();
            running.function.hook = value -> {
                memory.read(0x7800, scratch.clear());
                memory.write(0x7800, scratch.flip());
                memory.storeRelease16(0x10, (short) (memory.loadAcquire16(0x8010) + 1));
                running.function.host.interrupts().sendMsix(0, 0, 0);
                running.function.host.interrupts().setIntx((value & 1) != 0);
                running.function.later.arm(System.nanoTime() + 20_000);
                running.function.wakeup.signal();
            };
            notifyAndRead(client, 20_000); // warm up: everything compiled
            long id = running.thread.getId();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5 && least > 0; round++) {
                long before = threads.getThreadAllocatedBytes(id);
                notifyAndRead(client, 5_000);
                least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            }
            assertThat(least)
                    .as("bytes in 5,000 notifications with timer, wake-up and interrupt")
                    .isZero();
        }
    }

    private static void notifyAndRead(TestClient client, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            client.postWrite(0, FakeFunction.NOTIFY, 4, i);
            if (i % 50 == 0) {
                client.regionRead(0, 0x10, 4);
            }
        }
        client.regionRead(0, 0x10, 4);
    }
}
