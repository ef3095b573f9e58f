// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.vfiouser.TestClient.le;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.DeviceThread;
import org.vsnd.testing.Waiting;
import org.vsnd.vfiouser.TestClient.Answer;

@DisplayName("VFIO_USER_DEVICE_FEATURE and VFIO_USER_MIG_DATA_READ and WRITE: a card is saved and restored")
class MigrationTest {
    private static final int GET = 1 << 16;
    private static final int SET = 1 << 17;
    private static final int PROBE = 1 << 18;
    private static final int MIGRATION = 1;
    private static final int DEVICE_STATE = 2;
    private static final int ERROR = 0;
    private static final int STOP = 1;
    private static final int RUNNING = 2;
    private static final int STOP_COPY = 3;
    private static final int RESUMING = 4;
    private static final int PRE_COPY = 6;
    private static final int DELAY_NANOS = 100_000_000; // long enough for a stop before it
    private static final int LONGER_MILLIS = 150;

    private RunningServer running;
    private SavedFunction function;
    private TestClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        running = new RunningServer(folder, "s", false, SavedFunction::new);
        function = (SavedFunction) running.function;
        client = TestClient.negotiated(running.path);
    }

    @AfterEach
    void end() {
        client.close();
        running.close();
    }

    private Answer feature(int flags, int argsz) throws ErrnoException {
        return client.call(Command.DEVICE_FEATURE, le(8).putInt(0, argsz).putInt(4, flags));
    }

    private int goTo(int state) throws ErrnoException {
        ByteBuffer request = le(16).putInt(0, 16)
                .putInt(4, SET | DEVICE_STATE)
                .putInt(8, state)
                .putInt(12, -1);
        Answer answer = client.call(Command.DEVICE_FEATURE, request);
        if (answer.errno() == 0) {
            assertThat(answer.payload()).isEqualTo(request);
        }
        return answer.errno();
    }

    private int state() throws ErrnoException {
        Answer answer = feature(GET | DEVICE_STATE, 16);
        assertThat(answer.payload().capacity()).isEqualTo(16);
        assertThat(answer.payload().getInt(0)).isEqualTo(16);
        assertThat(answer.payload().getInt(4)).isEqualTo(GET | DEVICE_STATE);
        return answer.payload().getInt(8);
    }

    private Answer read(int argsz, int size) throws ErrnoException {
        return client.call(Command.MIG_DATA_READ, le(8).putInt(0, argsz).putInt(4, size));
    }

    /** What a read of {@code size} bytes gives. */
    private byte[] data(int size) throws ErrnoException {
        ByteBuffer reply = read(8 + size, size).payload();
        assertThat(reply.getInt(0)).isEqualTo(reply.capacity());
        assertThat(reply.getInt(4)).isEqualTo(reply.capacity() - 8);
        byte[] bytes = new byte[reply.capacity() - 8];
        reply.get(8, bytes);
        return bytes;
    }

    private int write(byte[] bytes) throws ErrnoException {
        return client.call(
                        Command.MIG_DATA_WRITE,
                        le(8 + bytes.length)
                                .putInt(0, 8 + bytes.length)
                                .putInt(4, bytes.length)
                                .put(8, bytes))
                .errno();
    }

    private static byte[] pattern() {
        byte[] bytes = new byte[FakeFunction.HOOK];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "0x10001,0", // GET MIGRATION
        "0x20001,22", // which cannot be set
        "0x50001,0", // PROBE
        "0x40001,0",
        "0x70001,22", // not both
        "0x60001,22",
        "0x70002,0", // DEVICE_STATE can be got and set
        "0x40002,0",
        "0x30002,22", // but not at once
        "0x00002,22", // nothing to do
        "0x90002,22", // an unknown bit
        "0x40000,25",
        "0x40003,25",
        "0x40006,25", // DMA logging
        "0x40007,25",
        "0x40008,25",
        "0x4ffff,25"
    })
    @DisplayName("says what it can do, and what it cannot")
    void probes(String flags, int errno) throws Exception {
        Answer answer = feature(Integer.decode(flags), 64);
        assertThat(answer.errno()).isEqualTo(errno);
        if (errno == 0 && (Integer.decode(flags) & PROBE) != 0) {
            assertThat(answer.payload()).isEqualTo(le(8).putInt(0, 64).putInt(4, Integer.decode(flags)));
        }
    }

    @Test
    @DisplayName("offers STOP_COPY and nothing else, and says how much room it needs for that")
    void offersStopCopy() throws Exception {
        assertThat(feature(GET | MIGRATION, 16).payload())
                .isEqualTo(le(16).putInt(0, 16).putInt(4, GET | MIGRATION).putLong(8, 1));
        assertThat(feature(GET | MIGRATION, 15).payload())
                .isEqualTo(le(8).putInt(0, 16).putInt(4, GET | MIGRATION));
        assertThat(state()).isEqualTo(RUNNING);
    }

    /** From row to column. */
    @ParameterizedTest
    @CsvSource({
        "2,1,0", "2,3,0", "2,4,0", "2,2,0", "1,2,0", "1,3,0", "1,4,0", "1,1,0", "3,1,0", "3,2,0", "3,4,0", "3,3,0",
        "4,4,0", "2,0,22", "2,5,22", "2,6,22", "2,7,22", "2,8,22", "2,-1,22", "1,0,22", "3,6,22", "4,6,22"
    })
    @DisplayName("goes from any state to any that is offered")
    void arcs(int from, int to, int errno) throws Exception {
        assertThat(goTo(from)).isZero();
        assertThat(goTo(to)).isEqualTo(errno);
        assertThat(state()).isEqualTo(errno == 0 ? to : from);
    }

    @Test
    @DisplayName(
            "gives its state in pieces of the client's choice, the last of which is short, as often as it is asked")
    void savesInPieces() throws Exception {
        function.bar.put(0, pattern());
        for (int round = 0; round < 2; round++) {
            assertThat(goTo(STOP_COPY)).isZero();
            byte[] first = data(100);
            byte[] second = data(100);
            byte[] rest = data(1 << 16);
            assertThat(rest).hasSize(FakeFunction.HOOK - 200);
            assertThat(data(1)).isEmpty();
            ByteBuffer all = le(FakeFunction.HOOK).put(first).put(second).put(rest);
            assertThat(all.flip()).isEqualTo(ByteBuffer.wrap(pattern()));
            assertThat(goTo(round == 0 ? STOP : RUNNING)).isZero();
        }
    }

    @Test
    @DisplayName("takes a state in pieces, and has it before it runs")
    void restoresFromPieces() throws Exception {
        assertThat(goTo(RESUMING)).isZero();
        assertThat(write(Arrays.copyOf(pattern(), 77))).isZero();
        assertThat(write(new byte[0])).isZero();
        assertThat(write(Arrays.copyOfRange(pattern(), 77, FakeFunction.HOOK))).isZero();
        assertThat(client.regionRead(0, 0, 1).payload().get(16)).isZero();
        assertThat(goTo(STOP)).isZero();
        assertThat(client.regionRead(0, 0, 1).payload().get(16)).isEqualTo((byte) 1);
        assertThat(goTo(RUNNING)).isZero();
        assertThat(Arrays.copyOf(function.bar.array(), FakeFunction.HOOK)).isEqualTo(pattern());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 255, 257})
    @DisplayName("refuses a state that is none of its own in one sentence, stays as it was, and can take another")
    void refusesAForeignState(int length) throws Exception {
        client.regionWrite(0, 0, 1, 42);
        assertThat(goTo(RESUMING)).isZero();
        assertThat(write(new byte[length])).isZero();
        assertThat(goTo(RUNNING)).isEqualTo(Errno.EINVAL);
        assertThat(state()).isEqualTo(STOP);
        assertThat(running.log.lines())
                .containsExactly("the client's state of a card is refused: it has " + length + " bytes");
        assertThat(client.regionRead(0, 0, 1).payload().get(16)).isEqualTo((byte) 42);
        assertThat(goTo(RESUMING)).isZero();
        assertThat(write(pattern())).isZero();
        assertThat(goTo(RUNNING)).isZero();
    }

    @Test
    @DisplayName("takes no more of a state than the card's budget")
    void isBounded() throws Exception {
        assertThat(goTo(RESUMING)).isZero();
        byte[] piece = new byte[1 << 16];
        for (int i = 0; i < (4 << 20) / piece.length; i++) {
            assertThat(write(piece)).isZero();
        }
        assertThat(write(new byte[1])).isEqualTo(Errno.ENOSPC);
        assertThat(running.log.lines())
                .containsExactly("the client's state of a card is refused: it has more than 4194304 bytes");
        assertThat(goTo(STOP)).isEqualTo(Errno.EINVAL);
    }

    @Test
    @DisplayName("gives and takes data in its states only, and only as much as there is")
    void checksTheData() throws Exception {
        for (int other : new int[] {RUNNING, STOP, RESUMING}) {
            assertThat(goTo(other)).isZero();
            assertThat(read(16, 8).errno()).isEqualTo(Errno.EINVAL);
        }
        assertThat(client.call(Command.MIG_DATA_WRITE, le(12).putInt(4, 5)).errno())
                .isEqualTo(Errno.EINVAL);
        assertThat(client.call(Command.MIG_DATA_WRITE, le(7)).errno()).isEqualTo(Errno.EINVAL);
        assertThat(write(pattern())).isZero();
        for (int other : new int[] {STOP, RUNNING, STOP_COPY}) {
            assertThat(goTo(other)).isZero();
            assertThat(write(new byte[1])).isEqualTo(Errno.EINVAL);
        }
        assertThat(read(15, 8).errno()).isEqualTo(Errno.EINVAL);
        assertThat(read(-1, (1 << 16) + 1).errno()).isEqualTo(Errno.EINVAL);
        assertThat(read(-1, -1).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.call(Command.MIG_DATA_READ, le(7)).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.call(Command.DEVICE_FEATURE, le(7)).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.call(
                                Command.DEVICE_FEATURE,
                                le(15).putInt(4, SET | DEVICE_STATE).putInt(8, STOP))
                        .errno())
                .isEqualTo(Errno.EINVAL);
        assertThat(data(FakeFunction.HOOK)).isEqualTo(pattern());
    }

    @Test
    @DisplayName("stands still while it is stopped: no time passes, nothing is due, and what was due comes afterwards")
    void standsStill() throws Exception {
        AtomicInteger expired = new AtomicInteger();
        AtomicInteger woken = new AtomicInteger();
        DeviceThread thread = function.host.thread();
        function.timerTask = expired::incrementAndGet;
        function.wakeTask = woken::incrementAndGet;
        function.hook = delay -> function.later.arm(thread.nanoTime() + delay);
        client.runHook(DELAY_NANOS);
        assertThat(goTo(STOP)).isZero();
        long stopped = thread.nanoTime();
        function.wakeup.signal();
        client.hasInput(LONGER_MILLIS);
        assertThat(state()).isEqualTo(STOP);
        assertThat(thread.nanoTime()).isEqualTo(stopped);
        assertThat(expired).hasValue(0);
        assertThat(woken).hasValue(0);
        client.regionWrite(0, FakeFunction.NOTIFY, 4, 1);
        client.regionWrite(7, 0x44, 4, 0x1234);
        assertThat(running.log.lines())
                .containsExactly("write to region 0 while the client has stopped the card: dropped");
        assertThat(function.bar.getInt(FakeFunction.NOTIFY)).isZero();
        assertThat(client.regionRead(7, 0x44, 4).payload().getInt(16)).isEqualTo(0x1234);
        assertThat(goTo(RUNNING)).isZero();
        assertThat(function.restores).as("moved to the present").hasValue(1);
        assertThat(thread.nanoTime()).isGreaterThan(stopped);
        Waiting.await("both have run", () -> expired.get() == 1 && woken.get() == 1);
        client.regionWrite(0, FakeFunction.NOTIFY, 4, 1);
        assertThat(function.bar.getInt(FakeFunction.NOTIFY)).isOne();
    }

    @Test
    @DisplayName("forgets what it missed if that is cancelled or put off meanwhile")
    void forgetsWhatIsCancelled() throws Exception {
        AtomicInteger expired = new AtomicInteger();
        DeviceThread thread = function.host.thread();
        function.timerTask = expired::incrementAndGet;
        function.hook = delay -> function.later.arm(thread.nanoTime() + delay);
        client.runHook(DELAY_NANOS);
        assertThat(goTo(RESUMING)).isZero();
        client.hasInput(LONGER_MILLIS);
        function.restoreTask = function.later::cancel;
        assertThat(write(pattern())).isZero();
        assertThat(goTo(STOP)).isZero();
        function.restoreTask = () -> {};
        assertThat(goTo(RUNNING)).isZero();
        client.hasInput(20);
        assertThat(expired).hasValue(0);
    }

    @Test
    @DisplayName("runs again after a reset, whatever its state, and for the next client")
    void resetRuns() throws Exception {
        for (int state : new int[] {STOP, STOP_COPY, RESUMING}) {
            assertThat(goTo(state)).isZero();
            assertThat(client.call(Command.DEVICE_RESET, le(0)).errno()).isZero();
            assertThat(state()).isEqualTo(RUNNING);
        }
        assertThat(goTo(STOP)).isZero();
        client.close();
        client = TestClient.negotiated(running.path);
        assertThat(state()).isEqualTo(RUNNING);
        client.regionWrite(0, 0, 4, 5);
        assertThat(client.regionRead(0, 0, 4).payload().getInt(16)).isEqualTo(5);
    }

    @Test
    @DisplayName("is in ERROR if it cannot even go on from its own state, until it is reset")
    void failsForGood() throws Exception {
        assertThat(goTo(STOP)).isZero();
        function.failingRestores.set(1);
        assertThat(goTo(RUNNING)).isEqualTo(Errno.EIO);
        assertThat(state()).isEqualTo(ERROR);
        for (int other : new int[] {STOP, RUNNING, STOP_COPY, RESUMING, PRE_COPY}) {
            assertThat(goTo(other)).isEqualTo(Errno.EINVAL);
        }
        assertThat(running.log.lines()).containsExactly("the card does not go on from its own state: it has 256 bytes");
        assertThat(client.call(Command.DEVICE_RESET, le(0)).errno()).isZero();
        assertThat(state()).isEqualTo(RUNNING);
    }
}
