// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.vfiouser.TestClient.le;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.testing.Waiting;
import org.vsnd.vfiouser.TestClient.Answer;

/** Framing, VERSION and the commands that ask: exact reply sizes, errors, and what ends a connection. */
@DisplayName("VFIO-USER 1.1, 2.1, 2.4-2.8, 2.11-2.13, 5.1, 7.8")
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is made by allocate
class ProtocolTest {
    @TempDir
    Path folder;

    private RunningServer running;

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer(folder);
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
    }

    private TestClient client() throws Exception {
        return TestClient.negotiated(running.path);
    }

    @Test
    void versionReplyFitsQemusBufferAndEndsInZero() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            Answer answer = client.version(0, 0, "{\"capabilities\": {\"pgsizes\": 4096, \"write_multiple\": true}}");
            assertThat(answer.errno()).isZero();
            assertThat(answer.length()).isLessThanOrEqualTo(214);
            assertThat(answer.payload().getInt(0)).isZero();
            byte[] text = answer.payload().array();
            assertThat(text[text.length - 1]).isZero();
            assertThat(new String(text, 4, text.length - 5, StandardCharsets.UTF_8))
                    .isEqualTo(
                            "{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":65536,\"max_dma_maps\":4096}}");
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "2,1", "65535,1"})
    void minorVersionIsTheSmallerOne(int proposed, int answered) throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            Answer answer = client.version(0, proposed, "{\"capabilities\":{\"max_msg_fds\":1}}");
            assertThat(answer.payload().getShort(0)).isZero();
            assertThat(answer.payload().getShort(2)).isEqualTo((short) answered);
        }
    }

    @Test
    void otherMajorVersionIsToldSoAndTheNextClientServed() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            assertThat(client.version(1, 0, "{}").errno()).isEqualTo(Errno.EOPNOTSUPP);
            client.awaitDisconnect();
        }
        client().close();
        assertThat(running.log.lines())
                .containsExactly("s: client dropped: it speaks vfio-user version 1.0, this server only 0.x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"capabilities\":5}", "[1]", "7", "{\"a\"", "\"x\""})
    void malformedCapabilitiesAreAnErrorAndTheEnd(String json) throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            assertThat(client.version(0, 0, json).errno()).isEqualTo(Errno.EINVAL);
            client.awaitDisconnect();
        }
        assertThat(running.log.lines()).hasSize(1).first().asString().contains("capabilities");
    }

    @Test
    void capabilitiesNestedWithoutEndAreAnErrorNotACrash() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            assertThat(client.version(0, 0, "[".repeat(4_000)).errno()).isEqualTo(Errno.EINVAL);
            client.awaitDisconnect();
        }
        client().close();
    }

    @Test
    @DisplayName("a megabyte from a client that is nobody yet is refused before it is read")
    void longVersionIsRefusedByItsHeader() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            client.sendRaw(le(16).putShort(2, (short) Command.VERSION)
                    .putInt(4, 1 << 16)
                    .array()); // and no more: an answer shows that nobody waits for the rest
            assertThat(client.receive().errno()).isEqualTo(Errno.EINVAL);
            client.awaitDisconnect();
        }
        client().close();
        assertThat(running.log.lines())
                .containsExactly("s: client dropped: its first message has 65536 bytes, the most is 4096");
    }

    @Test
    void capabilitiesWithoutEndMarkAreAnError() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            assertThat(client.call(Command.VERSION, le(6).put(4, (byte) '{').put(5, (byte) '}'))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
            client.awaitDisconnect();
        }
    }

    @Test
    void versionWithoutCapabilitiesIsFineButTooShortIsNot() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            assertThat(client.call(Command.VERSION, le(4)).errno()).isZero();
            assertThat(client.call(Command.VERSION, le(4)).errno()).isEqualTo(Errno.EINVAL); // once is enough
            assertThat(client.call(Command.DEVICE_GET_INFO, le(16)).errno()).isZero();
        }
        try (TestClient client = new TestClient(running.path)) {
            assertThat(client.call(Command.VERSION, le(3)).errno()).isEqualTo(Errno.EINVAL);
            client.awaitDisconnect();
        }
    }

    @Test
    void garbageIsOneLogLineAndTheNextClientIsServed() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            client.sendRaw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.awaitDisconnect();
        }
        client().close();
        assertThat(running.log.lines())
                .singleElement()
                .asString()
                .startsWith("s: client dropped: what it sent is not a vfio-user version message");
    }

    @Test
    void leavingInTheMiddleOfAMessageIsOneLogLine() throws Exception {
        try (TestClient client = client()) {
            client.sendRaw(new byte[] {1, 2, 3});
        }
        Waiting.await("dropped", () -> !running.log.lines().isEmpty());
        assertThat(running.log.lines()).containsExactly("s: client dropped: it left in the middle of a message");
        client().close();
    }

    @ParameterizedTest
    @CsvSource({"0,15", "0,0", "0,1048657", "0,-1", "1,16", "2,32"})
    void impossibleHeadersEndTheConnection(int type, int size) throws Exception {
        try (TestClient client = client()) {
            client.sendRaw(le(16).putShort(2, (short) Command.DEVICE_GET_INFO)
                    .putInt(4, size)
                    .putInt(8, type)
                    .array());
            client.awaitDisconnect();
        }
        assertThat(running.log.lines()).singleElement().asString().contains("is not a vfio-user command");
        client().close();
    }

    @Test
    void firstMessageMustBeVersion() throws Exception {
        try (TestClient client = new TestClient(running.path)) {
            client.send(Command.DEVICE_GET_INFO, 0, le(16));
            client.awaitDisconnect();
        }
        assertThat(running.function.resets).as("nobody used the device").isZero();
    }

    @Test
    void deviceInfoHasNineRegionsFiveInterruptsAndReset() throws Exception {
        try (TestClient client = client()) {
            Answer answer = client.call(Command.DEVICE_GET_INFO, le(16).putInt(0, 32)); // as CH
            assertThat(answer.payload())
                    .isEqualTo(le(16).putInt(0, 16).putInt(4, 3).putInt(8, 9).putInt(12, 5));
        }
    }

    @ParameterizedTest
    @CsvSource({"0,4096,3", "1,0,0", "2,0,0", "3,0,0", "4,16384,3", "5,0,0", "6,0,0", "7,4096,3", "8,0,0"})
    void regionInfoIsExactly48BytesAndUnusedRegionsAreEmpty(int index, long size, int flags) throws Exception {
        try (TestClient client = client()) {
            Answer answer = client.call(
                    Command.DEVICE_GET_REGION_INFO, le(32).putInt(0, 32).putInt(8, index));
            assertThat(answer.length()).isEqualTo(48);
            assertThat(answer.payload())
                    .isEqualTo(le(32).putInt(0, 32)
                            .putInt(4, flags)
                            .putInt(8, index)
                            .putLong(16, size));
        }
    }

    @ParameterizedTest
    @CsvSource({"0,7,1", "1,0,0", "2,1,4", "3,1,1", "4,1,1"})
    void irqInfoIsExactly32Bytes(int index, int flags, int count) throws Exception {
        try (TestClient client = client()) {
            Answer answer = client.call(
                    Command.DEVICE_GET_IRQ_INFO, le(16).putInt(0, 16).putInt(8, index));
            assertThat(answer.length()).isEqualTo(32);
            assertThat(answer.payload())
                    .isEqualTo(le(16).putInt(0, 16)
                            .putInt(4, flags)
                            .putInt(8, index)
                            .putInt(12, count));
        }
    }

    @Test
    void withoutInterruptPinThereIsNoIntx() throws Exception {
        running.function.config.put(0x3d, (byte) 0);
        try (TestClient client = client()) {
            Answer answer = client.call(
                    Command.DEVICE_GET_IRQ_INFO, le(16).putInt(0, 16).putInt(8, 0));
            assertThat(answer.payload().getInt(12)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "5,32,9", "5,32,-1", "5,31,0", "7,16,5", "7,16,-1", "7,15,0", "4,15,0", "6,15,0", "8,19,0", "2,31,0", "3,23,0",
        "9,15,0", "10,15,0", "15,7,0"
    })
    void indexesOutOfRangeAndShortPayloadsAreInvalid(int command, int length, int index) throws Exception {
        try (TestClient client = client()) {
            ByteBuffer payload = le(length);
            if (length >= 12) {
                payload.putInt(8, index);
            }
            Answer answer = client.call(command, payload);
            assertThat(answer.errno()).isEqualTo(Errno.EINVAL);
            assertThat(answer.length()).isEqualTo(16);
            assertThat(client.call(Command.DEVICE_GET_INFO, le(16)).errno()).isZero();
        }
    }

    @Test
    void ioFdsAreNone() throws Exception {
        try (TestClient client = client()) {
            Answer answer = client.call(
                    Command.DEVICE_GET_REGION_IO_FDS, le(16).putInt(0, 16).putInt(8, 4));
            assertThat(answer.payload()).isEqualTo(le(16).putInt(0, 16).putInt(8, 4));
        }
    }

    @ParameterizedTest
    @CsvSource({"11,38", "12,38", "0,38", "19,38", "65535,38", "14,95", "16,25", "17,95", "18,95"})
    void commandsNobodyServesAreRefused(int command, int errno) throws Exception {
        try (TestClient client = client()) {
            assertThat(client.call(command, le(64)).errno()).isEqualTo(errno);
        }
    }

    @Test
    void noReplyMeansNoReplyEvenToErrors() throws Exception {
        try (TestClient client = client()) {
            client.post(99, le(8));
            client.post(Command.DEVICE_GET_REGION_INFO, le(4));
            client.postWrite(0, 0x10, 4, 0x12345678);
            client.post(Command.REGION_WRITE, le(3));
            // call() checks the id: a reply to any of them would come first
            assertThat(client.regionRead(0, 0x10, 4).payload().getInt(16)).isEqualTo(0x12345678);
        }
    }

    @Test
    void wholeConfigSpaceIsReadInOneMessage() throws Exception {
        running.function.config.putInt(0x44, 0xdeadbeef);
        try (TestClient client = client()) {
            Answer answer = client.regionRead(7, 0, 4096);
            assertThat(answer.length()).isEqualTo(32 + 4096);
            assertThat(Arrays.copyOfRange(answer.payload().array(), 16, 16 + 4096))
                    .isEqualTo(running.function.config.array());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "7,0x44,1",
        "7,0x43,2",
        "7,0x45,4",
        "7,0x46,3",
        "7,0x41,8",
        "0,0x21,1",
        "0,0x22,2",
        "0,0x24,4",
        "0,0x28,8",
        "0,0x33,7",
        "0,0x41,13"
    })
    void whatIsWrittenIsReadBackAtAnySizeAndAlignment(int region, int offset, int count) throws Exception {
        try (TestClient client = client()) {
            Answer written = client.regionWrite(region, offset, count, 0x8877665544332211L);
            assertThat(written.length()).isEqualTo(32);
            assertThat(written.payload()).isEqualTo(TestClient.access(region, offset, count, 0));
            Answer read = client.regionRead(region, offset, count);
            assertThat(read.length()).isEqualTo(32 + count);
            assertThat(read.payload()).isEqualTo(TestClient.write(region, offset, count, 0x8877665544332211L));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0,0x1000,4",
        "0,0xffe,4",
        "1,0,4",
        "6,0,4",
        "8,0,1",
        "9,0,4",
        "-1,0,4",
        "7,4096,2",
        "0,-1,1",
        "0,-8,8",
        "7,9223372036854775807,4",
        "0,0,0"
    })
    void accessesOutsideAreNeverErrors(int region, String offsetText, int count) throws Exception {
        long offset = Long.decode(offsetText);
        try (TestClient client = client()) {
            Answer read = client.regionRead(region, offset, count);
            assertThat(read.errno()).isZero();
            assertThat(read.payload()).isEqualTo(TestClient.access(region, offset, count, count));
            Answer written = client.regionWrite(region, offset, count, -1);
            assertThat(written.errno()).isZero();
            assertThat(written.length()).isEqualTo(32);
        }
    }

    @Test
    void readsThatNoReplyCanHoldAreInvalid() throws Exception {
        try (TestClient client = client()) {
            assertThat(client.regionRead(7, 0, -1).errno()).isEqualTo(Errno.EINVAL);
            assertThat(client.regionRead(7, 0, (1 << 16) + 1).errno()).isEqualTo(Errno.EINVAL);
            assertThat(client.regionRead(7, 0, 1 << 16).length()).isEqualTo(32 + (1 << 16));
            assertThat(client.call(Command.REGION_WRITE, TestClient.access(0, 0, 4, 3))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    void severalWritesInOneMessageAreDoneInOrder() throws Exception {
        try (TestClient client = client()) {
            ByteBuffer payload = le(8 + 2 * 24).putLong(0, 2);
            payload.putLong(8, 0x20).putInt(16, 0).putInt(20, 8).putLong(24, 0x1122334455667788L);
            payload.putLong(32, 0x22).putInt(40, 0).putInt(44, 2).putLong(48, 0xffff);
            Answer answer = client.call(Command.REGION_WRITE_MULTI, payload);
            assertThat(answer.payload()).isEqualTo(le(8).putLong(0, 2));
            assertThat(client.regionRead(0, 0x20, 8).payload().getLong(16)).isEqualTo(0x11223344ffff7788L);
            assertThat(client.call(Command.REGION_WRITE_MULTI, le(8 + 24).putLong(0, 2))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
            assertThat(client.call(
                                    Command.REGION_WRITE_MULTI,
                                    le(8 + 24).putLong(0, 1).putInt(20, 9))
                            .errno())
                    .isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    @DisplayName("a message that notifies one queue thousands of times has it looked at now and once at the end")
    void notificationsOfOneMessageCountOnce() throws Exception {
        List<Long> notified = new CopyOnWriteArrayList<>();
        running.function.hook = notified::add;
        try (TestClient client = client()) {
            int entries = 2000;
            ByteBuffer payload = le(8 + entries * 24).putLong(0, entries);
            for (int i = 0; i < entries; i++) {
                boolean other = i % 10 == 9;
                payload.putLong(8 + 24 * i, FakeFunction.NOTIFY + (other ? 12 : 8))
                        .putInt(20 + 24 * i, 2)
                        .putLong(24 + 24 * i, other ? 3 : 2);
            }
            assertThat(client.call(Command.REGION_WRITE_MULTI, payload).errno()).isZero();
            assertThat(notified).containsExactly(2L, 3L, 2L, 3L);
            notified.clear();
            assertThat(client.regionWrite(0, FakeFunction.NOTIFY, 0x80, 0).errno())
                    .isZero();
            assertThat(notified).containsExactly(0L, 0L);
            notified.clear();
            client.regionWrite(0, FakeFunction.NOTIFY + 8, 4, 2);
            client.regionWrite(0, FakeFunction.NOTIFY + 8, 4, 2);
            assertThat(notified).as("messages of their own").containsExactly(2L, 2L);
        }
    }

    @Test
    void deviceResetResetsTheFunction() throws Exception {
        try (TestClient client = client()) {
            Answer answer = client.call(Command.DEVICE_RESET, le(0));
            assertThat(answer.length()).isEqualTo(16);
            assertThat(running.function.resets).isOne();
        }
    }

    @Test
    void messagesInPiecesAreHandledWhenComplete() throws Exception {
        try (TestClient client = client()) {
            byte[] payload = TestClient.write(0, 0x30, 8, 0x0102030405060708L).array();
            ByteBuffer message = le(16 + payload.length)
                    .putShort(2, (short) Command.REGION_WRITE)
                    .putInt(4, 16 + payload.length)
                    .put(16, payload);
            for (int i = 0; i < message.capacity() - 1; i++) {
                client.sendRaw(new byte[] {message.get(i)});
                assertThat(client.hasInput(1))
                        .as("answered before the last byte")
                        .isFalse();
            }
            client.sendRaw(new byte[] {message.get(message.capacity() - 1)});
            assertThat(client.receive().length()).isEqualTo(32);
            assertThat(client.regionRead(0, 0x30, 8).payload().getLong(16)).isEqualTo(0x0102030405060708L);
        }
    }
}
