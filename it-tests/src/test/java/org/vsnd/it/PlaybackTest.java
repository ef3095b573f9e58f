// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.tape.TapeSink;

@DisplayName("Playback")
class PlaybackTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    private static void assertPlayed(TapeSink sink, long bytes) {
        assertThat(sink.tape()).isEqualTo(BytePattern.bytes(0, 0, (int) bytes));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is heard byte for byte, whatever the driver's style")
    void isHeardByteForByte(HostKind kind) {
        for (DriverStyle style : List.of(
                DriverStyle.LINUX,
                DriverStyle.HAIKU,
                DriverStyle.PLAIN.withRing(true, false),
                DriverStyle.PLAIN.withRing(false, true),
                DriverStyle.LINUX.withMsix(false))) {
            try (Machine machine = kind.open()) {
                SoundDriver driver = machine.driver(style);
                PeriodStream stream = new PeriodStream(driver, 0, true, new StreamSetup(17, 7, 2, 1000, 4000));
                stream.limitBytes(50L * 8000);
                stream.start();
                stream.runUntil(50, 10 * SECOND);
                stream.stop();
                stream.release();
                if (machine instanceof ServedMachine<?>) {
                    // a driver by the wall clock may be late: silence between, but nothing lost or out of order
                    assertThat(machine.tape().sink().withoutSilence()).isEqualTo(BytePattern.bytes(0, 0, 50 * 8000));
                } else {
                    assertPlayed(machine.tape().sink(), 50L * 8000);
                }
            }
        }
    }

    @Test
    @DisplayName("is held before START and then taken in order (SND-52)")
    void isHeldBeforeStart() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            List<SoundMessage> order = new ArrayList<>();
            driver.onCompletion(order::add);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.limitBytes(SETUP.bufferBytes());
            stream.prepare();
            machine.bus().pass(3 * SECOND);
            driver.poll();
            assertThat(order).isEmpty();
            assertThat(machine.tape().sink().framesWritten()).isZero();
            driver.commandOk(SndWire.R_PCM_START, 0);
            stream.runUntil(4, SECOND);
            assertThat(order).isSortedAccordingTo((a, b) -> Long.compare(a.data(), b.data()));
            assertPlayed(machine.tape().sink(), SETUP.bufferBytes());
        }
    }

    @Test
    @Tag("SND-40")
    @DisplayName("of a whole buffer of a MiB that was sent before START is heard, all of it")
    void aLargeBufferIsHeld() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            StreamSetup setup = StreamSetup.s16At48k(16_384, 262_144);
            PeriodStream stream = new PeriodStream(driver, 0, true, setup);
            stream.limitBytes(setup.bufferBytes());
            stream.start();
            stream.runUntil(16, 10 * SECOND);
            assertPlayed(machine.tape().sink(), 1 << 20);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, 9, 10, 500, 60_000})
    @DisplayName("goes on to the byte after a pause, however long (SND-53)")
    void goesOnAfterAPause(long pauseMillis) {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            long start = machine.bus().nanoTime();
            stream.runUntil(10, SECOND);
            machine.bus().pass(3 * MILLI);
            stream.stop();
            machine.bus().pass(pauseMillis * MILLI);
            driver.poll();
            stream.collect();
            assertThat(stream.completions()).as("none while paused").isEqualTo(10);
            stream.resume();
            stream.runUntil(30, SECOND);
            assertThat(stream.completionNanos(29) - start).isEqualTo((300 + pauseMillis) * MILLI);
            stream.stop();
            stream.release();
            byte[] tape = machine.tape().sink().tape();
            assertThat(tape.length).isGreaterThanOrEqualTo(30 * SETUP.periodBytes());
            assertThat(tape).isEqualTo(BytePattern.bytes(0, 0, tape.length));
            assertThat(machine.tape().sink().gaps()).isZero();
            assertThat(machine.tape().sink().pauses()).isGreaterThanOrEqualTo(1);
        }
    }

    @Test
    @DisplayName(
            "comes back on RELEASE, all of it before the answer, also what nobody was told of (SND-54, SND-55, SND-56)")
    void comesBackOnRelease() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.open(0, SETUP);
            List<SoundMessage> messages = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                SoundMessage message = driver.message(0, true, SETUP.periodBytes());
                messages.add(message);
                if (i < 8) {
                    driver.submit(message);
                } else {
                    driver.submitQuietly(message);
                }
            }
            driver.commandOk(SndWire.R_PCM_START, 0);
            machine.bus().pass(5 * MILLI);
            driver.commandOk(SndWire.R_PCM_STOP, 0);
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            assertThat(driver.controlNanos()).isZero();
            driver.poll();
            assertThat(messages).noneMatch(SoundMessage::isPending).allMatch(m -> m.usedLength() == 8);
            SoundMessage late = messages.get(0);
            driver.submit(late);
            driver.serviceInterrupts();
            assertThat(late.isPending()).as("SND-56").isFalse();
            assertThat(late.status()).isEqualTo(SndWire.S_IO_ERR);
            assertThat(late.latencyBytes()).isZero();
            messages.forEach(driver::free);
            machine.bus().pass(SECOND);
        }
    }

    @Test
    @DisplayName("is heard to its end when the driver stops a moment after the last completion (SND-57)")
    void isHeardToItsEnd() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.limitBytes(7L * SETUP.periodBytes());
            stream.start();
            stream.runUntil(7, SECOND);
            machine.bus().pass(MILLI);
            stream.stop();
            machine.bus().pass(2 * MILLI);
            stream.release();
            assertThat(driver.controlNanos()).isLessThan(100 * MILLI);
            TapeSink sink = machine.tape().sink();
            assertPlayed(sink, 7L * SETUP.periodBytes());
            assertThat(sink.drains()).isEqualTo(1);
            assertThat(sink.pauses()).as("nothing is left unplayed").isZero();
            assertThat(sink.gaps()).isZero();
            assertThat(machine.card().statistics().get(0).xruns()).isZero();
        }
    }

    @Test
    @DisplayName("is read as late as possible: what the guest writes before its turn is heard (SND-79)")
    void isReadLate() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.open(0, SETUP);
            SoundMessage[] messages = new SoundMessage[4];
            for (int i = 0; i < 4; i++) {
                messages[i] = driver.message(0, true, SETUP.periodBytes());
                machine.bus().ram().fill(messages[i].data(), SETUP.periodBytes(), 0x11);
                driver.submit(messages[i]);
            }
            driver.commandOk(SndWire.R_PCM_START, 0);
            machine.bus().pass(29 * MILLI);
            machine.bus().ram().fill(messages[3].data(), SETUP.periodBytes(), 0x22);
            driver.awaitBack(messages[3], SECOND);
            byte[] tape = machine.tape().sink().tape();
            assertThat(Arrays.copyOf(tape, 3 * SETUP.periodBytes())).containsOnly(0x11);
            assertThat(Arrays.copyOfRange(tape, 3 * SETUP.periodBytes(), 4 * SETUP.periodBytes()))
                    .containsOnly(0x22);
        }
    }

    @Test
    @Tag("SND-81")
    @DisplayName("of one stream does not wait for another one that stands still (SND-81)")
    void doesNotWaitForOthers() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("outputs", "3"))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream still = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 3840));
            still.prepare();
            PeriodStream playing = new PeriodStream(driver, 2, true, SETUP);
            playing.start();
            playing.runUntil(100, 2 * SECOND);
            assertThat(still.inFlight()).isEqualTo(8);
            assertThat(machine.tape().sinks().get(1).tape())
                    .startsWith(BytePattern.bytes(2, 0, 100 * SETUP.periodBytes()));
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            driver.poll();
            assertThat(still.inFlight()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    @DisplayName("takes messages of any length; a broken frame is an error, if whole ones are demanded (SND-75)")
    void takesAnyLength(String strict) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("strict", strict))) {
            SoundDriver driver = machine.driver(DriverStyle.PLAIN);
            driver.open(0, SETUP);
            int period = SETUP.periodBytes();
            int[] lengths = {0, 1, 3, 4, period - 1, period + 1, period - 4, period + 4, 2 * period, 40 * period};
            List<SoundMessage> messages = new ArrayList<>();
            for (int length : lengths) {
                SoundMessage message = driver.message(0, true, length);
                machine.bus().ram().fill(message.data(), length, 0x33);
                driver.submit(message);
                messages.add(message);
            }
            driver.commandOk(SndWire.R_PCM_START, 0);
            for (int i = 0; i < lengths.length; i++) {
                driver.awaitBack(messages.get(i), 2 * SECOND);
                assertThat(messages.get(i).status())
                        .as("%d bytes", lengths[i])
                        .isEqualTo(lengths[i] % 4 == 0 || strict.equals("off") ? SndWire.S_OK : SndWire.S_IO_ERR);
                assertThat(messages.get(i).usedLength()).isEqualTo(8);
                assertThat(messages.get(i).latencyBytes() % 4)
                        .isEqualTo(kept(lengths, i) * (strict.equals("on") ? 0 : 1));
            }
            assertThat(machine.tape().sink().framesWritten()).isBetween(45L * 480, 46L * 480 + 2);
        }
    }

    /** Bytes that are kept of a frame behind a message. */
    private static long kept(int[] lengths, int message) {
        return Arrays.stream(lengths, 0, message + 1).sum() % 4;
    }

    @Test
    @DisplayName("for streams that are not there, record or are not prepared is an I/O error (SND-71, SND-78, SND-80)")
    void forOtherStreamsIsAnError() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            for (int stream : new int[] {0, 1, 2, 99, 0x7fff_ffff, -1}) {
                for (boolean output : new boolean[] {true, false}) {
                    SoundMessage message = driver.message(stream, output, 64);
                    driver.submit(message);
                    driver.serviceInterrupts();
                    assertThat(message.isPending()).isFalse();
                    assertThat(message.status()).as("stream %d", stream).isEqualTo(SndWire.S_IO_ERR);
                    assertThat(message.latencyBytes()).isZero();
                    assertThat(message.usedLength()).isEqualTo(8);
                }
            }
        }
    }

    @Test
    @DisplayName("with too little room for a status, or nothing to read, comes back at once (SND-78)")
    void malformedMessagesComeBack() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.PLAIN);
            driver.open(0, SETUP);
            driver.open(1, SETUP);
            driver.commandOk(SndWire.R_PCM_START, 0);
            driver.commandOk(SndWire.R_PCM_START, 1);
            long memory = driver.pci().allocator().allocate(4096, 4096);
            for (int queue : new int[] {SndWire.TX_QUEUE, SndWire.RX_QUEUE}) {
                int stream = queue - SndWire.TX_QUEUE;
                for (int writable = 0; writable < 8; writable++) {
                    machine.bus().ram().put32(memory, stream);
                    BufferList chain = new BufferList().readable(memory, 4);
                    if (writable > 0) {
                        chain.writable(memory + 2048, writable);
                    }
                    assertThat(driver.raw(queue, chain)).isZero();
                }
                for (int readable = 0; readable < 4; readable++) {
                    BufferList chain = new BufferList();
                    if (readable > 0) {
                        chain.readable(memory, readable);
                    }
                    assertThat(driver.raw(queue, chain.writable(memory + 2048, 8)))
                            .isIn(0, 8);
                }
            }
            // rx with readable data, tx with writable data
            BufferList rx = new BufferList().readable(memory, 100).writable(memory + 2048, 48);
            machine.bus().ram().put32(memory, 1);
            assertThat(driver.raw(SndWire.RX_QUEUE, rx)).isEqualTo(8);
            assertThat(machine.bus().ram().get32(memory + 2048 + 40)).isEqualTo(SndWire.S_IO_ERR);
            BufferList tx = new BufferList().readable(memory, 100).writable(memory + 2048, 48);
            machine.bus().ram().put32(memory, 0);
            assertThat(driver.raw(SndWire.TX_QUEUE, tx)).isEqualTo(8);
            assertThat(machine.bus().ram().get32(memory + 2048 + 40)).isEqualTo(SndWire.S_IO_ERR);
        }
    }

    @Test
    @DisplayName("that runs dry is silent, and goes on without a burst when the driver is back")
    void runsDryAndGoesOn() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.limitBytes(8L * SETUP.periodBytes());
            stream.start();
            stream.runUntil(8, SECOND);
            machine.bus().pass(2 * SECOND);
            stream.limitBytes(16L * SETUP.periodBytes());
            long back = machine.bus().nanoTime();
            stream.fill();
            stream.runUntil(16, SECOND);
            for (int i = 8; i < 15; i++) {
                assertThat(stream.completionNanos(i) - back).isEqualTo((i - 7) * 10L * MILLI);
            }
            assertThat(stream.completionNanos(15) - stream.completionNanos(11))
                    .as("the last of a short buffer, after it was sent")
                    .isEqualTo(90 * MILLI);
            assertPlayed(machine.tape().sink(), 16L * SETUP.periodBytes());
            assertThat(machine.tape().sink().gapFrames())
                    .as(
                            "two seconds from the last completion on, which came 50 ms late, but for what was still to be heard")
                    .isBetween(2050L * 48 - 960, 2050L * 48 + 960);
            assertThat(machine.card().statistics().get(0).xruns()).isEqualTo(1);
        }
    }
}
