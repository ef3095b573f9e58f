// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.vfiouser.TestClient.le;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.server.DeviceServer;

/** Clients coming and going, servers starting and ending, and that nothing is left behind. */
@DisplayName("VFIO-USER 1, 7.6, 9: connections")
class LifeCycleTest {
    @TempDir
    Path folder;

    private static long count(String procFolder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(procFolder))) {
            return entries.count();
        }
    }

    private static long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("memfd"))
                .count();
    }

    private static void connectAndUse(RunningServer running, MemFd ram, EventFd eventFd) throws Exception {
        try (TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x4000, 3, 0, ram.fd());
            client.map(0x8000, 0x4000, 3, 0x4000, ram.fd());
            client.setIrqs(0x24, 0, 0, 1, eventFd.fd());
            client.setIrqs(0x14, 0, 0, 1, eventFd.fd());
            client.setIrqs(0x24, 2, 0, 2, eventFd.fd(), eventFd.fd());
            client.setIrqs(0x24, 3, 0, 1, eventFd.fd());
            client.setIrqs(0x24, 4, 0, 1, eventFd.fd());
            client.call(Command.DEVICE_GET_INFO, le(16), eventFd.fd(), ram.fd()); // not expected there
            client.setIrqs(0x24, 2, 0, 3, eventFd.fd(), eventFd.fd()); // refused
            client.map(0, 0x4000, 3, 0, ram.fd()); // refused
        }
    }

    @Test
    void twoHundredClientsLeaveNothingBehind() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                EventFd eventFd = EventFd.create()) {
            connectAndUse(running, ram, eventFd);
            RunningServer.await("first gone", () -> running.function.resets == 1);
            long fds;
            long threads;
            try (TestClient client = TestClient.negotiated(running.path)) { // while it listens again the count changes
                client.call(Command.DEVICE_GET_INFO, le(16));
                fds = count("/proc/self/fd");
                threads = count("/proc/self/task");
            }
            for (int i = 0; i < 200; i++) {
                connectAndUse(running, ram, eventFd);
            }
            RunningServer.await("all gone", () -> running.function.resets == 202);
            try (TestClient client = TestClient.negotiated(running.path)) {
                client.call(Command.DEVICE_GET_INFO, le(16));
                assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(fds);
                assertThat(count("/proc/self/task")).isLessThanOrEqualTo(threads + 2); // the JVM's own come and go
            }
            RunningServer.await("cleaned up", () -> !running.server.statistics().clientConnected());
            assertThat(mappings()).isZero();
            assertThat(running.server.statistics().connections()).isEqualTo(203);
        }
    }

    @Test
    void fdsWithCommandsThatTakeNoneAreClosedAtOnce() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                EventFd eventFd = EventFd.create();
                TestClient client = TestClient.negotiated(running.path)) {
            long fds = count("/proc/self/fd");
            int[] sixteen = new int[16];
            java.util.Arrays.fill(sixteen, eventFd.fd());
            client.call(Command.REGION_READ, TestClient.access(0, 0, 4, 0), sixteen);
            client.call(99, le(4), sixteen);
            client.post(Command.DEVICE_RESET, le(0), sixteen);
            client.regionRead(0, 0, 4);
            assertThat(count("/proc/self/fd")).isEqualTo(fds);
        }
    }

    @Test
    void serversLeaveNothingBehind() throws Exception {
        new RunningServer(folder).close();
        long fds = count("/proc/self/fd");
        for (int i = 0; i < 20; i++) {
            try (RunningServer running = new RunningServer(folder)) {
                TestClient.negotiated(running.path).close();
            }
        }
        assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(fds);
    }

    @Test
    void nextClientWaitsUntilItsPredecessorIsGone() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            TestClient first = TestClient.negotiated(running.path);
            try (TestClient second = new TestClient(running.path)) {
                second.send(Command.VERSION, 0, le(4));
                assertThat(first.regionRead(0, 0, 4).errno()).isZero();
                assertThat(second.hasInput(50)).as("not served yet").isFalse();
                first.close();
                assertThat(second.receive().errno()).isZero();
                assertThat(running.function.resets).as("reset in between").isOne();
            }
        }
    }

    @Test
    void onceEndsWithTheFirstClientThatSpokeTheProtocol() throws Exception {
        RunningServer running = new RunningServer(folder, "once", true);
        try (TestClient probe = new TestClient(running.path)) {
            probe.sendRaw(new byte[16]);
            probe.awaitDisconnect();
        }
        assertThat(running.thread.isAlive()).isTrue();
        TestClient.negotiated(running.path).close();
        running.thread.join(10_000);
        assertThat(running.thread.isAlive()).isFalse();
        assertThat(running.path).doesNotExist();
        assertThat(running.function.closes).isOne();
        running.close();
    }

    @Test
    void closeEndsRunAndTheConnection() throws Exception {
        RunningServer running = new RunningServer(folder);
        try (TestClient client = TestClient.negotiated(running.path)) {
            running.close();
            client.awaitDisconnect();
        }
        assertThat(running.path).doesNotExist();
        assertThat(running.thread.isAlive()).isFalse();
        running.close(); // again changes nothing
        assertThatThrownBy(() -> TestClient.negotiated(running.path)).isInstanceOf(IOException.class);
    }

    @Test
    void closeFromTheDeviceThreadDoesNotWaitForItself() throws Exception {
        RunningServer running = new RunningServer(folder);
        running.function.hook = value -> running.server.close();
        try (TestClient client = TestClient.negotiated(running.path)) {
            client.postWrite(0, FakeFunction.HOOK, 4, 0);
            client.awaitDisconnect();
        }
        running.close();
    }

    @Test
    void runIsForOnceAndNotAfterClose() throws Exception {
        RunningServer running = new RunningServer(folder);
        TestClient.negotiated(running.path).close();
        assertThatThrownBy(() -> running.server.run(false)).isInstanceOf(IllegalStateException.class);
        running.close();
        running.server.run(false); // returns at once
    }

    @Test
    void deviceThreadIsNamedAndIsTheOneThatServes() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path)) {
            Thread[] seen = new Thread[1];
            String[] name = new String[1];
            running.function.hook = value -> {
                seen[0] = Thread.currentThread();
                name[0] = seen[0].getName();
            };
            client.runHook(0);
            assertThat(seen[0]).isSameAs(running.thread);
            assertThat(name[0]).isEqualTo("vsnd-device-s");
        }
    }

    @Test
    void severalServersLiveSideBySide() throws Exception {
        try (RunningServer one = new RunningServer(folder, "one", false);
                RunningServer two = new RunningServer(folder, "two", false);
                MemFd ram = MemFd.create("ram", 0x1000, true);
                TestClient a = TestClient.negotiated(one.path);
                TestClient b = TestClient.negotiated(two.path)) {
            a.map(0, 0x1000, 3, 0, ram.fd());
            b.map(0, 0x1000, 3, 0, ram.fd());
            one.function.hook = value -> one.function.host.memory().storeRelease16(0, (short) value);
            short[] seen = new short[1];
            two.function.hook = value -> seen[0] = two.function.host.memory().loadAcquire16(0);
            a.runHook(0x1234);
            b.runHook(0);
            assertThat(seen[0]).isEqualTo((short) 0x1234);
        }
    }

    @Test
    void deviceThatFailsIsResetAndTheNextClientServed() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            running.function.hook = value -> {
                throw new IllegalStateException("a bug");
            };
            try (TestClient client = TestClient.negotiated(running.path)) {
                client.postWrite(0, FakeFunction.HOOK, 4, 0);
                client.awaitDisconnect();
            }
            TestClient.negotiated(running.path).close();
            assertThat(running.function.resets).isPositive();
            assertThat(running.log.lines())
                    .containsExactly(
                            "s: the device failed; this is a fault in vsnd",
                            "s: client dropped: the device is being reset");
        }
    }

    @Test
    @DisplayName("an Error on the device thread, want of memory included, drops the client and the next one is served")
    void errorDropsTheClientAndTheNextOneIsServed() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            int resets = 0;
            for (Error error : new Error[] {
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError(),
                new NoClassDefFoundError("x"),
                new InternalError("another one")
            }) {
                running.function.hook = value -> {
                    throw error;
                };
                try (TestClient client = TestClient.negotiated(running.path)) {
                    client.postWrite(0, FakeFunction.HOOK, 4, 0);
                    client.awaitDisconnect();
                }
                running.function.hook = value -> {};
                try (TestClient next = TestClient.negotiated(running.path)) {
                    next.runHook(0);
                }
                assertThat(running.function.resets).isGreaterThan(resets);
                resets = running.function.resets;
            }
            assertThat(running.thread.isAlive()).isTrue();
        }
    }

    @Test
    @DisplayName("a reset that fails for want of memory is made up for before the next client is served")
    void resetThatFailedIsTriedAgain() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            running.function.failingResets = 2;
            TestClient.negotiated(running.path).close();
            RunningServer.await("tried", () -> running.function.failingResets < 2);
            try (TestClient next = new TestClient(running.path)) { // comes while the function still fails
                RunningServer.await("tried again", () -> running.function.failingResets == 0);
                assertThat(next.version(0, 0, "{}").errno()).isZero();
                next.runHook(0);
                assertThat(running.function.resets).isPositive();
            }
        }
    }

    @Test
    @DisplayName("clients that come and go in a loop, or send garbage, do not flood the log")
    void clientsInALoopDoNotFloodTheLog() throws Exception {
        AtomicInteger lines = new AtomicInteger();
        Logger logger = Logger.getLogger(DeviceServer.class.getName());
        Handler counter = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.incrementAndGet();
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(counter);
        long before = System.nanoTime();
        try (RunningServer running = new RunningServer(folder)) {
            for (int i = 0; i < 100; i++) {
                try (TestClient garbage = new TestClient(running.path)) {
                    garbage.sendRaw(new byte[16]);
                    garbage.awaitDisconnect();
                }
                TestClient.negotiated(running.path).close();
                try (TestClient half = TestClient.negotiated(running.path)) {
                    half.sendRaw(new byte[3]);
                }
            }
            TestClient.negotiated(running.path).close();
        } finally {
            logger.removeHandler(counter);
        }
        long intervals = (System.nanoTime() - before) / 10_000_000_000L + 1;
        assertThat(lines.get()).isLessThan((int) (12 * intervals) + 10);
    }

    @Test
    void clientThatDoesNotReadIsDroppedAndTimersGoOn() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path)) {
            byte[] read = TestClient.access(7, 0, 4096, 0).array();
            byte[] message = le(16 + read.length)
                    .putShort(2, (short) Command.REGION_READ)
                    .putInt(4, 16 + read.length)
                    .put(16, read)
                    .array();
            // Each request of 32 bytes wants 4128 back: the replies fill the socket long before the requests do.
            for (int i = 0; i < 200; i++) {
                client.sendRaw(message);
            }
            RunningServer.await("dropped", () -> !running.log.lines().isEmpty());
            assertThat(running.log.lines()).containsExactly("s: client dropped: it does not read its replies");
            TestClient.negotiated(running.path).close();
        }
    }

    @Test
    void repliesThatWaitForTheClientArriveWhole() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path)) {
            running.function.config.putInt(0x80, 0xcafe);
            for (int i = 0; i < 150; i++) {
                client.send(Command.REGION_READ, 0, TestClient.access(7, 0, 4096, 0));
            }
            for (int i = 0; i < 150; i++) {
                assertThat(client.receive().payload().getInt(16 + 0x80)).isEqualTo(0xcafe);
            }
            assertThat(running.log.lines()).isEmpty();
        }
    }

    @Test
    void clientThatGoesWithRepliesUnreadIsForgotten() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            try (TestClient client = TestClient.negotiated(running.path)) {
                for (int i = 0; i < 150; i++) {
                    client.send(Command.REGION_READ, 0, TestClient.access(7, 0, 4096, 0));
                }
            }
            TestClient.negotiated(running.path).close();
            assertThat(running.function.resets).isPositive();
        }
    }

    @Test
    void unsharedMemoryIsNamedOnceWithTheOptionThatHelps() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x10000, 3, 0, ram.fd());
            running.function.hook = value -> running.function.host.memory().loadAcquire16(value);
            client.postWrite(0, FakeFunction.NOTIFY, 4, 0x102);
            client.postWrite(0, FakeFunction.NOTIFY + 4, 4, 0x202);
            RunningServer.await("noticed", () -> running.server.statistics().unsharedMemorySuspected());
            client.postWrite(0, FakeFunction.NOTIFY, 4, 0x102);
            client.regionRead(0, 0, 4);
            assertThat(running.log.lines()).singleElement().asString().contains("share=off", "share=on");
        }
    }

    @Test
    void indexThatIsNotZeroInTimeProvesThatMemoryIsShared() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                MappedFile guest = MappedFile.map(ram.fd(), 0x10000, true);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x10000, 3, 0, ram.fd());
            running.function.hook = value -> running.function.host.memory().loadAcquire16(value);
            client.postWrite(0, FakeFunction.NOTIFY, 4, 0x102);
            client.regionRead(0, 0, 4);
            guest.window(0).putShort(0x102, (short) 1);
            boolean[] later = new boolean[1];
            running.function.hook = value -> {
                // Due after the check: both timers are the loop's, and it runs them in order.
                running.function.later.arm(System.nanoTime() + 500_000_000L);
                running.function.timerTask = () -> later[0] = true;
            };
            client.runHook(0);
            RunningServer.await("checked", () -> later[0]);
            assertThat(running.server.statistics().unsharedMemorySuspected()).isFalse();
            assertThat(running.log.lines()).isEmpty();
        }
    }
}
