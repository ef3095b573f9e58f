// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.spi.GuestMemory;
import org.vsnd.testing.Waiting;

/**
 * The program that {@link TruncationTest} runs in a virtual machine of its own: clients that shorten their memory while
 * the device uses it, by every access there is, interpreted and compiled. Exit code 0: the server outlived them all.
 */
final class TruncationChild {
    private static final int LENGTH = 1 << 20;
    private static final int PAGE = 4096;

    private interface Access {
        void at(GuestMemory memory, long address) throws Exception;
    }

    private static final ByteBuffer HEAP = ByteBuffer.allocate(3 * PAGE);
    private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(3 * PAGE);

    private static final Access[] ACCESSES = {
        (memory, address) -> memory.read(address, HEAP.clear()),
        (memory, address) -> memory.write(address, HEAP.clear()),
        (memory, address) -> memory.read(address, DIRECT.clear()),
        (memory, address) -> memory.write(address, DIRECT.clear()),
        (memory, address) -> memory.read(address, HEAP.clear().limit(16)),
        (memory, address) -> memory.write(address, HEAP.clear().limit(8)),
        (memory, address) -> memory.loadAcquire16(address),
        (memory, address) -> memory.storeRelease16(address, (short) 1),
    };

    private TruncationChild() {}

    public static void main(String[] arguments) throws Exception {
        try (RunningServer running = new RunningServer(Path.of(arguments[0]))) {
            int faults = 0;
            for (int warmUp : new int[] {0, 50, 30_000}) {
                for (Access access : ACCESSES) {
                    beforehand(running, access, warmUp);
                    check(running, ++faults);
                    meanwhile(running, access, warmUp);
                    check(running, ++faults);
                }
            }
            System.exit(running.log.lines().isEmpty() ? 3 : 0); // a line for each of the first, then a count
        }
    }

    /** The file is short before the device looks. */
    private static void beforehand(RunningServer running, Access access, int warmUp) throws Exception {
        try (MemFd ram = MemFd.create("ram", LENGTH, false);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, LENGTH, 3, 0, ram.fd());
            running.front.hook = value -> burst(running, access, (int) value);
            client.runHook(warmUp);
            ram.resize(2 * PAGE);
            client.post(FakeProtocol.HOOK, 3);
            client.awaitDisconnect();
        }
    }

    /** The file becomes short while the device looks again and again. */
    private static void meanwhile(RunningServer running, Access access, int warmUp) throws Exception {
        try (MemFd ram = MemFd.create("ram", LENGTH, false);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, LENGTH, 3, 0, ram.fd());
            running.front.timerTask = () -> {
                running.front.later.arm(0); // first: the burst may fail
                try {
                    burst(running, access, 200);
                } catch (Exception e) {
                    running.front.later.cancel(); // the memory is gone, as it should
                }
            };
            running.front.hook = value -> {
                burst(running, access, warmUp);
                running.front.later.arm(0);
            };
            client.runHook(0);
            ram.resize(0);
            client.awaitDisconnect();
        }
    }

    private static void burst(RunningServer running, Access access, int times) throws Exception {
        GuestMemory memory = running.front.memory();
        for (int i = 0; i < times; i++) {
            access.at(memory, (long) (i % 50) * 5 * PAGE);
        }
    }

    private static void check(RunningServer running, int faults) throws Exception {
        Waiting.await("a next client can use its memory", () -> {
            try (MemFd ram = MemFd.create("good", LENGTH, true);
                    TestClient client = TestClient.negotiated(running.path)) {
                client.map(0, LENGTH, 3, 0, ram.fd());
                running.front.hook = value -> running.front.memory().storeRelease16(0, (short) value);
                client.runHook(7);
                return true;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        if (running.server.statistics().memoryFaults() != faults) {
            throw new AssertionError(running.server.statistics() + " instead of " + faults + " faults");
        }
    }
}
