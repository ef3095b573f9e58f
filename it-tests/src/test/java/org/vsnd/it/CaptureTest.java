// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
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
import org.vsnd.trace.tape.TapeSource;

@DisplayName("Recording")
class CaptureTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    @ParameterizedTest
    @EnumSource
    @DisplayName("fills whole messages in order, without a break, whatever the driver's style (SND-70, SND-76, SND-77)")
    void fillsWholeMessages(HostKind kind) {
        for (DriverStyle style : List.of(DriverStyle.LINUX, DriverStyle.HAIKU, DriverStyle.LINUX.withMsix(false))) {
            try (Machine machine = kind.open()) {
                SoundDriver driver = machine.driver(style);
                PeriodStream stream = new PeriodStream(driver, 1, false, new StreamSetup(17, 7, 2, 1000, 4000));
                stream.start();
                stream.runUntil(50, 10 * SECOND);
                byte[] recorded = stream.recorded();
                assertThat(recorded).isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, 50 * 8000));
                stream.stop();
                stream.release();
            }
        }
    }

    @Test
    @DisplayName("loses nothing in messages longer than the driver's buffer when the device looks a little late")
    void messagesLongerThanTheBuffer() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.PLAIN);
            driver.open(1, StreamSetup.s16At48k(240, 480));
            SoundMessage[] messages = {driver.message(1, false, 960 * 4), driver.message(1, false, 960 * 4)};
            ByteArrayOutputStream recorded = new ByteArrayOutputStream();
            driver.submit(messages[0]);
            driver.submit(messages[1]);
            driver.commandOk(SndWire.R_PCM_START, 1);
            for (int i = 0; i < 20; i++) {
                machine.bus().pass(19_900_000);
                machine.host().thread().leap(150_000);
                SoundMessage next = messages[i % 2];
                driver.awaitBack(next, SECOND);
                recorded.writeBytes(machine.bus().ram().read(next.data(), next.dataBytes()));
                driver.submit(next);
            }
            assertThat(recorded.toByteArray()).isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, 20 * 960 * 4));
        }
    }

    @Test
    @DisplayName("completes at the last frame, to the nanosecond")
    void completesAtTheLastFrame() {
        StreamSetup setup = new StreamSetup(SndWire.FMT_S16, SndWire.RATE_44100, 2, 1024, 4096);
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 1, false, setup);
            stream.start();
            long start = machine.bus().nanoTime();
            stream.runUntil(500, 100 * SECOND);
            for (int i = 0; i < 500; i++) {
                long frames = (i + 1) * 1024L;
                assertThat(stream.completionNanos(i) - start).isEqualTo((frames * SECOND + 44099) / 44100);
            }
        }
    }

    @Test
    @DisplayName("that is released comes back with what there is, the first message partly filled (SND-77)")
    void releasedComesBackPartly() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.open(1, SETUP);
            SoundMessage[] messages = new SoundMessage[4];
            for (int i = 0; i < 4; i++) {
                messages[i] = driver.message(1, false, SETUP.periodBytes());
                driver.submit(messages[i]);
            }
            driver.commandOk(SndWire.R_PCM_START, 1);
            machine.bus().pass(25 * MILLI);
            driver.commandOk(SndWire.R_PCM_STOP, 1);
            driver.commandOk(SndWire.R_PCM_RELEASE, 1);
            driver.poll();
            int[] expected = {8 + 1920, 8 + 1920, 8 + 960, 8};
            for (int i = 0; i < 4; i++) {
                assertThat(messages[i].isPending()).isFalse();
                assertThat(messages[i].usedLength()).isEqualTo(expected[i]);
                assertThat(messages[i].status()).isEqualTo(SndWire.S_OK);
            }
            assertThat(machine.bus().ram().read(messages[2].data(), 960))
                    .isEqualTo(BytePattern.bytes(TapeSource.SEED, 2 * 1920L, 960));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 9, 15, 19, 39})
    @DisplayName("loses nothing to a driver that asks a little late")
    void losesNothingToALateDriver(long lateMillis) {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.open(1, SETUP);
            SoundMessage message = driver.message(1, false, SETUP.periodBytes());
            driver.commandOk(SndWire.R_PCM_START, 1);
            for (int i = 0; i < 50; i++) {
                machine.bus().pass(i % 7 == 3 ? lateMillis * MILLI : MILLI);
                driver.submit(message);
                driver.awaitBack(message, SECOND);
                assertThat(machine.bus().ram().read(message.data(), message.dataBytes()))
                        .isEqualTo(BytePattern.bytes(TapeSource.SEED, 1920L * i, 1920));
            }
            assertThat(machine.tape().source().framesSkipped()).isZero();
        }
    }

    @Test
    @DisplayName("gives a driver that was away the newest period, then goes on without a break")
    void givesTheNewestPeriodAfterAnOverflow() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.open(1, SETUP);
            SoundMessage message = driver.message(1, false, SETUP.periodBytes());
            driver.commandOk(SndWire.R_PCM_START, 1);
            long start = machine.bus().nanoTime();
            machine.bus().pass(5 * SECOND + 3 * MILLI);
            long first = 5003L * 48 - 480;
            for (int i = 0; i < 50; i++) {
                driver.submit(message);
                driver.awaitBack(message, SECOND);
                assertThat(machine.bus().ram().read(message.data(), message.dataBytes()))
                        .isEqualTo(BytePattern.bytes(TapeSource.SEED, 4 * (first + 480L * i), 1920));
                assertThat(message.completedNanos() - start).isEqualTo((5003 + 10 * i) * MILLI);
            }
            assertThat(machine.tape().source().framesSkipped()).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    @DisplayName("with 8 to 16 writable bytes is status and whole frames, if that is demanded (SND-78)")
    void tinyMessages(String strict) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("strict", strict))) {
            SoundDriver driver = machine.driver(DriverStyle.PLAIN);
            driver.open(1, SETUP);
            driver.commandOk(SndWire.R_PCM_START, 1);
            long memory = driver.pci().allocator().allocate(4096, 4096);
            machine.bus().ram().put32(memory, 1);
            for (int writable = 8; writable <= 16; writable++) {
                BufferList chain = new BufferList().readable(memory, 4).writable(memory + 16, writable);
                int used = driver.raw(SndWire.RX_QUEUE, chain);
                int data = writable - 8;
                boolean taken = data % 4 == 0 || strict.equals("off");
                assertThat(used).isEqualTo(taken ? writable : 8);
                assertThat(machine.bus().ram().get32(memory + 16 + data))
                        .isEqualTo(taken ? SndWire.S_OK : SndWire.S_IO_ERR);
            }
        }
    }

    @Test
    @DisplayName("without capture is silence at the same pace, and no microphone is opened")
    void withoutCaptureIsSilence() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("capture", "off"))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 1, false, SETUP);
            stream.start();
            long start = machine.bus().nanoTime();
            stream.runUntil(10, SECOND);
            assertThat(stream.completionNanos(9) - start).isEqualTo(100 * MILLI);
            assertThat(stream.recorded()).containsOnly(0);
            assertThat(machine.tape().sources()).isEmpty();
        }
    }

    @Test
    @DisplayName("pauses and goes on without a break")
    void pausesAndGoesOn() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 1, false, SETUP);
            stream.start();
            long start = machine.bus().nanoTime();
            stream.runUntil(5, SECOND);
            machine.bus().pass(3 * MILLI);
            stream.stop();
            machine.bus().pass(2 * SECOND);
            stream.resume();
            stream.runUntil(10, SECOND);
            assertThat(stream.completionNanos(9) - start).isEqualTo(2100 * MILLI);
            assertThat(stream.recorded()).isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, 10 * 1920));
        }
    }
}
