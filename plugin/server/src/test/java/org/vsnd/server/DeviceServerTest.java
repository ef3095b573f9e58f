// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.server.TestClient.le;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.testing.Waiting;

/** Clients coming and going, servers starting and ending, and that nothing is left behind. */
@DisplayName("A server on a socket")
class DeviceServerTest {
    @TempDir
    Path folder;

    private static long count(String procFolder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(procFolder))) {
            return entries.count();
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
    @DisplayName("a client that is nobody yet may send a few KiB, and is told so before more of it is read")
    void longFirstMessageIsRefusedByItsHeader() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = new TestClient(running.path)) {
            client.sendRaw(le(FakeProtocol.HEADER_LENGTH)
                    .putInt(FakeProtocol.COMMAND, FakeProtocol.HELLO)
                    .putInt(FakeProtocol.LENGTH, 4097)
                    .array());
            assertThat(client.receive()).isEqualTo(Errno.EINVAL);
            client.awaitDisconnect();
            Waiting.await("told", () -> !running.log.lines().isEmpty());
            assertThat(running.log.lines())
                    .containsExactly("s: client dropped: its first message has 4097 bytes, the most is 4096");
        }
    }

    @Test
    @DisplayName("a client that cannot be served further is told why, unless it wants no reply")
    void refusalIsToldBeforeTheEnd() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            try (TestClient client = TestClient.negotiated(running.path)) {
                assertThat(client.call(99, le(0))).isEqualTo(Errno.ENOSYS);
                client.awaitDisconnect();
            }
            try (TestClient client = TestClient.negotiated(running.path)) {
                client.post(99, 0);
                client.awaitDisconnect();
            }
            assertThat(running.log.lines()).containsOnly("s: client dropped: it asks for what nobody knows");
        }
    }

    @Test
    void messagesInPiecesAreHandledWhenComplete() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path)) {
            long[] seen = new long[1];
            running.front.hook = value -> seen[0] = value;
            byte[] message = le(20).putInt(FakeProtocol.COMMAND, FakeProtocol.HOOK)
                    .putInt(FakeProtocol.LENGTH, 20)
                    .putLong(FakeProtocol.HEADER_LENGTH, 0x1122334455667788L)
                    .array();
            for (byte part : message) {
                assertThat(client.hasInput(1)).isFalse();
                client.sendRaw(new byte[] {part});
            }
            assertThat(client.receive()).isZero();
            assertThat(seen[0]).isEqualTo(0x1122334455667788L);
        }
    }

    @Test
    @DisplayName("numbers of every size and copies are read and written where they are, little-endian")
    void payloadIsReadAndWritten() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path)) {
            ByteBuffer payload = le(40);
            for (int i = 0; i < payload.capacity(); i++) {
                payload.put(i, (byte) (0xf8 + i));
            }
            assertThat(client.call(FakeProtocol.ECHO, payload)).isZero();
            assertThat(ByteBuffer.wrap(client.payload())).isEqualTo(payload);
        }
    }

    @Test
    void moreDescriptorsThanCanBeReceivedAreTheEnd() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd file = MemFd.create("many", 0, false);
                TestClient client = TestClient.negotiated(running.path)) {
            int[] most = new int[ReceivedFds.MAX_FDS];
            Arrays.fill(most, file.fd());
            assertThat(client.call(FakeProtocol.REMOVE_ALL, le(0), most)).isZero();
            client.sendRaw(new byte[4], most);
            client.sendRaw(new byte[4], most);
            client.awaitDisconnect();
            Waiting.await("told", () -> !running.log.lines().isEmpty());
            assertThat(running.log.lines()).singleElement().asString().contains("more file descriptors");
        }
    }

    @Test
    void nextClientWaitsUntilItsPredecessorIsGone() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            TestClient first = TestClient.negotiated(running.path);
            try (TestClient second = new TestClient(running.path)) {
                second.send(FakeProtocol.HELLO, le(0));
                first.runHook(0);
                assertThat(second.hasInput(50)).as("not served yet").isFalse();
                first.close();
                assertThat(second.receive()).isZero();
                assertThat(running.front.resets).as("reset in between").isOne();
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
        assertThat(running.front.closes).isOne();
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
        running.thread.join(10_000);
        assertThat(running.thread.isAlive()).isFalse();
        running.close(); // again changes nothing
        assertThatThrownBy(() -> TestClient.negotiated(running.path)).isInstanceOf(IOException.class);
    }

    @Test
    void closeFromTheDeviceThreadDoesNotWaitForItself() throws Exception {
        RunningServer running = new RunningServer(folder);
        running.front.hook = value -> running.server.close();
        try (TestClient client = TestClient.negotiated(running.path)) {
            client.post(FakeProtocol.HOOK, 0);
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
            running.front.hook = value -> {
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
            one.front.hook = value -> one.front.memory().storeRelease16(0, (short) value);
            short[] seen = new short[1];
            two.front.hook = value -> seen[0] = two.front.memory().loadAcquire16(0);
            a.runHook(0x1234);
            b.runHook(0);
            assertThat(seen[0]).isEqualTo((short) 0x1234);
        }
    }

    @Test
    void deviceThatFailsIsResetAndTheNextClientServed() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            running.front.hook = value -> {
                throw new IllegalStateException("a bug");
            };
            try (TestClient client = TestClient.negotiated(running.path)) {
                client.post(FakeProtocol.HOOK, 0);
                client.awaitDisconnect();
            }
            TestClient.negotiated(running.path).close();
            assertThat(running.front.resets).isPositive();
            assertThat(running.log.lines())
                    .containsExactly(
                            "s: the device failed; this is a fault in vsnd",
                            "s: client dropped: the device is being reset");
        }
    }

    @Test
    @DisplayName("a device that fails is reset, also when its client has said nothing yet")
    void failureUnderASilentClientResetsTheDevice() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            AtomicBoolean fails = new AtomicBoolean();
            running.front.timerTask = () -> {
                if (fails.get()) {
                    throw new IllegalStateException("a bug");
                }
                running.front.later.arm(System.nanoTime() + 1_000_000);
            };
            running.front.hook = value -> running.front.later.arm(0);
            try (TestClient client = TestClient.negotiated(running.path)) {
                client.runHook(0);
            }
            Waiting.await("the reset after the first client", () -> running.front.resets == 1);
            try (TestClient silent = new TestClient(running.path)) {
                Thread.sleep(50); // it is taken
                fails.set(true);
                Waiting.await("another reset", () -> running.front.resets == 2);
                silent.awaitDisconnect();
            }
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
                running.front.hook = value -> {
                    throw error;
                };
                try (TestClient client = TestClient.negotiated(running.path)) {
                    client.post(FakeProtocol.HOOK, 0);
                    client.awaitDisconnect();
                }
                running.front.hook = value -> {};
                try (TestClient next = TestClient.negotiated(running.path)) {
                    next.runHook(0);
                }
                assertThat(running.front.resets).isGreaterThan(resets);
                resets = running.front.resets;
            }
            assertThat(running.thread.isAlive()).isTrue();
        }
    }

    @Test
    @DisplayName("a reset that fails for want of memory is made up for before the next client is served")
    void resetThatFailedIsTriedAgain() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            running.front.failingResets = 2;
            TestClient.negotiated(running.path).close();
            Waiting.await("tried", () -> running.front.failingResets < 2);
            try (TestClient next = new TestClient(running.path)) { // comes while the function still fails
                Waiting.await("tried again", () -> running.front.failingResets == 0);
                assertThat(next.call(FakeProtocol.HELLO, le(0))).isZero();
                next.runHook(0);
                assertThat(running.front.resets).isPositive();
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
            // Each request of 16 bytes wants 4108 back: the replies fill the socket long before the requests do.
            for (int i = 0; i < 200; i++) {
                client.askToBeTold(4096);
            }
            Waiting.await("dropped", () -> !running.log.lines().isEmpty());
            assertThat(running.log.lines()).containsExactly("s: client dropped: it does not read its replies");
            TestClient.negotiated(running.path).close();
        }
    }

    @Test
    void repliesThatWaitForTheClientArriveWhole() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path)) {
            for (int i = 0; i < 150; i++) {
                client.askToBeTold(4096);
            }
            for (int i = 0; i < 150; i++) {
                assertThat(client.receive()).isZero();
            }
            assertThat(running.log.lines()).isEmpty();
        }
    }

    @Test
    void clientThatGoesWithRepliesUnreadIsForgotten() throws Exception {
        try (RunningServer running = new RunningServer(folder)) {
            try (TestClient client = TestClient.negotiated(running.path)) {
                for (int i = 0; i < 150; i++) {
                    client.askToBeTold(4096);
                }
            }
            TestClient.negotiated(running.path).close();
            assertThat(running.front.resets).isPositive();
        }
    }

    @Test
    void unsharedMemoryIsNamedOnceWithTheOptionThatHelps() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x10000, 3, 0, ram.fd());
            running.front.hook = value -> running.front.memory().loadAcquire16(value);
            client.post(FakeProtocol.NOTIFY, 0x102);
            client.post(FakeProtocol.NOTIFY, 0x202);
            Waiting.await("noticed", () -> running.server.statistics().unsharedMemorySuspected());
            client.post(FakeProtocol.NOTIFY, 0x102);
            client.runHook(0x102);
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
            running.front.hook = value -> running.front.memory().loadAcquire16(value);
            client.post(FakeProtocol.NOTIFY, 0x102);
            client.runHook(0x102);
            guest.window(0).putShort(0x102, (short) 1);
            boolean[] later = new boolean[1];
            running.front.hook = value -> {
                // Due after the check: both timers are the loop's, and it runs them in order.
                running.front.later.arm(System.nanoTime() + UnsharedMemoryDetector.GRACE_NANOS);
                running.front.timerTask = () -> later[0] = true;
            };
            client.runHook(0);
            Waiting.await("checked", () -> later[0]);
            assertThat(running.server.statistics().unsharedMemorySuspected()).isFalse();
            assertThat(running.log.lines()).isEmpty();
        }
    }
}
