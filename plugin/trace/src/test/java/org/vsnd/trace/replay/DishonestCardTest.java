// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.tape.TapeSource;

/** A judge that cannot fail is worth nothing. */
@DisplayName("A card that does one thing wrong is caught")
class DishonestCardTest {
    private static final int USED_ELEM_BYTES = 8;

    private static ReplayResult replay(String trace, CardFactory card) {
        return EditedTrace.of(trace).replay(card);
    }

    private static void assertCaught(ReplayResult result, String what) {
        assertThat(result.passed()).isFalse();
        assertThat(result.failures()).anySatisfy(failure -> {
            assertThat(failure.toString()).contains(what);
            assertThat(failure.expected()).isNotEqualTo(failure.came());
        });
    }

    private static ByteBuffer le(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 2, 0x1af5, vendor id",
        "2, 2, 0x1058, device id",
        "8, 1, 2, revision",
        "11, 1, 3, class code",
        "4, 2, 0, command register",
        "6, 2, 0, status register",
        "61, 1, 0, interrupt pin",
    })
    @DisplayName("in configuration space")
    void inConfigurationSpace(int offset, int size, String value, String what) {
        assertCaught(replay("boot_probe", Dishonest.register(-1, offset, size, 0, Long.decode(value))), what);
    }

    @ParameterizedTest
    @CsvSource({
        "0x12, 2, 1, 3, num_queues",
        "0x14, 1, 4, 0x40, device_status",
        "0x18, 2, 0, 48, queue_size",
        "0x04, 4, 2, 0, VIRTIO_F_VERSION_1",
        "0x2004, 4, 0, 1, streams",
    })
    @DisplayName("in its registers")
    void inRegisters(String offset, int size, int honestReads, String value, String what) {
        CardFactory card = Dishonest.register(4, Long.decode(offset), size, honestReads, Long.decode(value));
        assertCaught(replay("boot_probe", card), what);
    }

    @Test
    @DisplayName("in its MSI-X table and control word")
    void inMsix() {
        assertCaught(replay("boot_probe", Dishonest.register(1, 12, 4, 0, 7)), "MSI-X table");
        assertCaught(replay("boot_probe", Dishonest.option("msix", "3")), "MSI-X message control");
    }

    @Test
    @DisplayName("with another status of a control request")
    void controlStatus() {
        assertCaught(
                replay("duplex_s16_48000", Dishonest.writes((address, bytes) -> {
                    if (bytes.length == 4 && le(bytes).getInt() == SndWire.S_OK) {
                        le(bytes).putInt(SndWire.S_BAD_MSG);
                    }
                })),
                "status of PCM_SET_PARAMS");
    }

    @ParameterizedTest
    @CsvSource({"24, 1, direction", "26, 1, channels", "31, 9, padding"})
    @DisplayName("with another answer to PCM_INFO")
    void pcmInfo(int at, byte value, String what) {
        assertCaught(
                replay("boot_probe", Dishonest.writes((address, bytes) -> {
                    if (bytes.length == SndWire.PCM_INFO_BYTES) {
                        bytes[at] = value;
                    }
                })),
                what);
    }

    @Test
    @DisplayName("with another status of a message")
    void messageStatus() {
        assertCaught(
                replay("duplex_s16_48000", Dishonest.writes((address, bytes) -> {
                    if (bytes.length == SndWire.STATUS_BYTES && le(bytes).getInt() == SndWire.S_OK) {
                        le(bytes).putInt(SndWire.S_IO_ERR);
                    }
                })),
                "status of a message of the playback queue");
    }

    @Test
    @DisplayName("with a latency of seconds")
    void latency() {
        assertCaught(
                replay("duplex_s16_48000", Dishonest.writes((address, bytes) -> {
                    if (bytes.length == SndWire.STATUS_BYTES && le(bytes).getInt() == SndWire.S_OK) {
                        le(bytes).putInt(4, 2 * 48000 * 4 + 65540);
                    }
                })),
                "latency_bytes");
    }

    @ParameterizedTest
    @CsvSource({"68, control queue", "8, playback queue", "65544, record queue"})
    @DisplayName("with another length of a used element")
    void usedLength(int length, String queue) {
        assertCaught(
                replay("duplex_s16_48000", Dishonest.writes((address, bytes) -> {
                    if (bytes.length == USED_ELEM_BYTES && le(bytes).getInt(4) == length) {
                        le(bytes).putInt(4, 0);
                    }
                })),
                "length of a used element of the " + queue);
    }

    @Test
    @DisplayName("that uses a chain nobody gave it")
    void usedId() {
        assertCaught(
                replay("duplex_s16_48000", Dishonest.writes((address, bytes) -> {
                    if (bytes.length == USED_ELEM_BYTES && le(bytes).getInt(4) == 65544) {
                        le(bytes).putInt(0, 99);
                    }
                })),
                "is not in flight");
    }

    @Test
    @DisplayName("that forgets one interrupt")
    void oneInterruptMissing() {
        AtomicInteger sent = new AtomicInteger();
        ReplayResult result = replay(
                "duplex_s16_48000",
                Dishonest.interrupts(
                        call -> call.is("sendMsix") && sent.incrementAndGet() == 9 ? null : call.honestly()));
        assertCaught(result, "interrupt after a used buffer");
        assertThat(result.counts().failures()).isEqualTo(1);
    }

    @Test
    @DisplayName("that sends interrupts elsewhere")
    void strayInterrupts() {
        assertCaught(
                replay("boot_probe", Dishonest.interrupts(call -> {
                    if (call.is("sendMsix")) {
                        call.arguments()[1] = 0xfee00004L;
                    }
                    return call.honestly();
                })),
                "0xfee00004");
    }

    @Test
    @DisplayName("that does not assert INTA#, or keeps it asserted, or does not say why")
    void intx() {
        EditedTrace trace = HaikuVariants.withoutMsix(EditedTrace.of("boot_probe"));
        CardFactory silent = Dishonest.interrupts(call -> call.is("setIntx") ? null : call.honestly());
        assertCaught(trace.replay(silent), "interrupt after a used buffer");
        CardFactory stuck = Dishonest.interrupts(
                call -> call.is("setIntx") && call.arguments()[0].equals(false) ? null : call.honestly());
        assertCaught(trace.replay(stuck), "INTA# after ISR was read");
        assertCaught(trace.replay(Dishonest.register(4, 0x1000, 1, 0, 0)), "ISR status");
    }

    @Test
    @DisplayName("that never uses a record buffer: the guest would never go on")
    void neverRecords() {
        ReplayResult result = replay(
                "duplex_s16_48000",
                Dishonest.registers(call -> call.is("writeBar", 4, 0x300c, 2, 3) ? null : call.honestly()));
        assertCaught(result, "the guest would never go on");
        assertThat(result.counts().failures()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "8, 0x1010000, true", // the playback buffer just given back
        "65544, 0x1031000, true", // the record buffer just given back
        "65544, 0x1010000, false",
        "4, 0x100c000, true", // a request just answered
        "4, 0x7000000, true", // nobody's
        "4, 0x7000000, false",
    })
    @DisplayName("that touches a buffer after it gave it back, or what is nobody's")
    void strayAccesses(int length, String address, boolean write) {
        ReplayResult result = replay("duplex_s16_48000", Dishonest.afterUsed(length, memory -> {
            if (write) {
                memory.write(Long.decode(address), ByteBuffer.allocate(4));
            } else {
                memory.read(Long.decode(address), ByteBuffer.allocate(4));
            }
        }));
        assertCaught(result, "guest memory");
    }

    @Test
    @DisplayName("that changes one sample")
    void oneSampleChanged() {
        AtomicInteger reads = new AtomicInteger();
        ReplayResult result = replay("duplex_s16_48000", Dishonest.reads((address, bytes) -> {
            if (bytes.length > 1000 && reads.incrementAndGet() == 4) {
                bytes[1001] ^= 1;
            }
        }));
        assertCaught(result, "sound of output 0");
        assertThat(result.counts().failures()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"swallow", "repeat", "silence", "long silence", "tail"})
    @DisplayName("that loses, repeats or adds sound")
    void soundLostOrAdded(String how) {
        AtomicInteger writes = new AtomicInteger();
        ReplayResult result = replay("playback_s16_48000", Dishonest.sinks((honest, frames) -> {
            int length = frames.remaining();
            int number = writes.incrementAndGet();
            if (number == 5 && how.equals("swallow")) {
                frames.position(frames.limit());
                return length / 4;
            }
            if (number == 5 && how.equals("repeat")) {
                honest.write(frames.duplicate());
            }
            if (number == 5 && how.equals("silence")) {
                honest.write(ByteBuffer.allocate(4 * 100));
            }
            if (number == 1 && how.equals("long silence")) {
                honest.write(ByteBuffer.allocate(4 * 5760));
            }
            int taken = honest.write(frames);
            if (number == 11 && how.equals("tail")) {
                honest.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
            }
            return taken;
        }));
        assertCaught(result, "output 0");
    }

    @Test
    @DisplayName("that records wrong frames, or leaves some out")
    void recordsOtherFrames() {
        AtomicInteger reads = new AtomicInteger();
        CardFactory wrong = Dishonest.sources(frames -> {
            if (reads.incrementAndGet() == 3) {
                frames.put(17, (byte) ~frames.get(17));
            }
        });
        assertCaught(replay("record_s16_48000", wrong), "input 0, frames of the message");
        AtomicLong place = new AtomicLong();
        CardFactory gappy = Dishonest.writes((address, bytes) -> {
            if (bytes.length == 65536) {
                long from = 65536 * place.getAndIncrement() + 4000;
                System.arraycopy(BytePattern.bytes(TapeSource.SEED, from, 65536), 0, bytes, 0, 65536);
            }
        });
        assertCaught(replay("record_s16_48000", gappy), "input 0, frames of the message");
    }

    @Test
    @DisplayName("that sends an event nobody asked for")
    void events() {
        AtomicLong usedRing = new AtomicLong();
        AtomicLong queue = new AtomicLong();
        AtomicInteger sent = new AtomicInteger();
        CardFactory card = (host, options, backend) -> Dishonest.registers(call -> {
                    Object result = call.honestly();
                    if (call.is("writeBar", 4, 0x16)) {
                        queue.set(call.number(3));
                    } else if (call.is("writeBar", 4, 0x30) && queue.get() == 1) {
                        usedRing.set(call.number(3));
                    } else if (call.is("writeBar", 4, 0x3000) && sent.incrementAndGet() == 3) {
                        host.memory().write(usedRing.get() + 4, ByteBuffer.allocate(USED_ELEM_BYTES));
                        host.memory().storeRelease16(usedRing.get() + 2, (short) 1);
                    }
                    return result;
                })
                .create(host, options, backend);
        assertCaught(replay("duplex_s16_48000", card), "no event");
    }
}
