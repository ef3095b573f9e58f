// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.it.reference.ReferenceBus;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;
import org.vsnd.trace.tape.TapeSource;

@DisplayName("In an emulator that has a time of its own")
class ReferenceHostTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    /** What the emulator runs at a time. */
    private static final long STEP_NANOS = 100_000;

    private static final StreamSetup SETUP = StreamSetup.s16At48k(240, 960);
    /** Haiku's period is 85 ms then: at a tenth of wall time it takes nearly a second. */
    private static final int HAIKU_RATE_HZ = 192_000;

    /** Guest time is never ahead of what the speed allows: the emulator has slept. */
    private static void assertHeldBack(ReferenceBus bus, double speed, long guestStartNanos, long wallStartNanos) {
        long wallNanos = System.nanoTime() - wallStartNanos;
        double guestNanos = (double) (bus.nanoTime() - guestStartNanos);
        assertThat(guestNanos / speed).isLessThanOrEqualTo(wallNanos + 2.0 * MILLI);
    }

    private static void runBoth(SoundDriver driver, PeriodStream playback, PeriodStream recording, int periods) {
        boolean done = driver.await(
                () -> {
                    playback.collect();
                    recording.collect();
                    return playback.completions() >= periods && recording.completions() >= periods;
                },
                2 * SECOND);
        assertThat(done).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0.1,false", "0.1,true", "1,false", "1,true", "10,false", "10,true"})
    @DisplayName("Linux plays and records every sample, whatever the speed and the interrupt")
    void linuxPlaysAndRecordsEverySample(double speed, boolean msi) {
        int periods = speed < 1 ? 16 : 100;
        try (ReferenceMachine machine = ReferenceMachine.open(msi, Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(driver.pci().msixVectors()).isEqualTo(msi ? 2 : 0);
            PeriodStream playback = new PeriodStream(driver, driver.firstStream(true), true, SETUP);
            PeriodStream recording = new PeriodStream(driver, driver.firstStream(false), false, SETUP);
            playback.limitBytes((long) periods * SETUP.periodBytes());
            long guestStart = machine.bus().nanoTime();
            long wallStart = System.nanoTime();
            machine.bus().setSpeed(speed);
            playback.start();
            recording.start();
            runBoth(driver, playback, recording, periods);
            assertHeldBack(machine.bus(), speed, guestStart, wallStart);
            playback.stop();
            recording.stop();
            playback.release();
            recording.release();
            assertThat(machine.tape().sink().tape())
                    .isEqualTo(BytePattern.bytes(playback.stream(), 0, periods * SETUP.periodBytes()));
            byte[] recorded = recording.recorded();
            assertThat(recorded.length).isGreaterThanOrEqualTo(periods * SETUP.periodBytes());
            assertThat(recorded).isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, recorded.length));
            assertThat(machine.card().statistics()).allMatch(stream -> stream.xruns() == 0);
            assertThat(machine.interrupts().intxAssertions() > 0).isNotEqualTo(msi);
            assertThat(machine.interrupts().total() > 0).isEqualTo(msi);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.1,false", "0.1,true", "1,false", "1,true", "10,false", "10,true"})
    @DisplayName("Haiku plays and records every sample, whatever the speed and the interrupt")
    void haikuPlaysAndRecordsEverySample(double speed, boolean msi) {
        int exchanges = speed < 1 ? 3 : 8;
        Map<String, String> options = Map.of("rates", String.valueOf(HAIKU_RATE_HZ));
        try (ReferenceMachine machine = ReferenceMachine.open(msi, options);
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            MultiAudioNode node = guest.play(NodeSettings.of(SampleFormat.S16, HAIKU_RATE_HZ));
            long guestStart = machine.bus().nanoTime();
            long wallStart = System.nanoTime();
            machine.bus().setSpeed(speed);
            node.exchange(exchanges);
            assertHeldBack(machine.bus(), speed, guestStart, wallStart);
            assertThat(node.exchanges()).allMatch(exchange -> exchange.ok());
            assertThat(machine.tape().sink().sound())
                    .as("all but the two buffers that nobody had filled yet")
                    .isEqualTo(BytePattern.bytes(0, 0, (exchanges - 2) * node.periodBytes()));
            byte[] recorded = guest.recorded();
            assertThat(recorded).hasSize(exchanges * node.periodBytes());
            assertThat(Arrays.copyOfRange(recorded, node.periodBytes(), recorded.length))
                    .as("all, one exchange late")
                    .isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, (exchanges - 1) * node.periodBytes()));
            assertThat(machine.card().statistics()).allMatch(stream -> stream.xruns() == 0);
        }
    }

    @Test
    @DisplayName("a pause is neither heard nor seen")
    void aPauseIsNeitherHeardNorSeen() {
        try (ReferenceMachine machine = ReferenceMachine.open(false, Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            machine.bus().setSpeed(1);
            PeriodStream playback = new PeriodStream(driver, 0, true, SETUP);
            playback.limitBytes(20L * SETUP.periodBytes());
            playback.start();
            playback.runUntil(10, SECOND);
            long guestNanos = machine.bus().nanoTime();
            LockSupport.parkNanos(100 * MILLI);
            assertThat(machine.bus().nanoTime()).isEqualTo(guestNanos);
            playback.runUntil(20, SECOND);
            assertThat(machine.tape().sink().tape()).isEqualTo(BytePattern.bytes(0, 0, 20 * SETUP.periodBytes()));
            for (int i = 1; i < 19; i++) {
                assertThat(playback.completionNanos(i) - playback.completionNanos(i - 1))
                        .isCloseTo(5 * MILLI, within(STEP_NANOS));
            }
        }
    }

    @Test
    @DisplayName("a jump leaves a gap, and all goes on in order")
    void aJumpLeavesAGap() {
        try (ReferenceMachine machine = ReferenceMachine.open(true, Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream playback = new PeriodStream(driver, 0, true, SETUP);
            playback.limitBytes(20L * SETUP.periodBytes());
            playback.start();
            playback.runUntil(10, SECOND);
            machine.bus().jump(3600 * SECOND);
            playback.runUntil(20, 2 * SECOND);
            assertThat(machine.tape().sink().withoutSilence())
                    .isEqualTo(BytePattern.bytes(0, 0, 20 * SETUP.periodBytes()));
            assertThat(machine.tape().sink().gapFrames()).isCloseTo(3600L * SETUP.rateHz(), within(48_000L));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a card that is saved, reset with the machine and restored goes on to the bit")
    void aSavedCardGoesOn(boolean msi) throws SnapshotException {
        try (ReferenceMachine machine = ReferenceMachine.open(msi, Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream playback = new PeriodStream(driver, 0, true, SETUP);
            PeriodStream recording = new PeriodStream(driver, 1, false, SETUP);
            playback.limitBytes(20L * SETUP.periodBytes());
            recording.start();
            playback.start();
            runBoth(driver, playback, recording, 10);
            Snapshotable card = machine.card().ability(Snapshotable.class).orElseThrow();
            byte[] snapshot = card.snapshot();
            machine.bridge().reset();
            assertThat(machine.bus().readConfig(4, 2))
                    .as("no memory, no bus master")
                    .isZero();
            card.restore(snapshot);
            machine.bridge().refresh();
            runBoth(driver, playback, recording, 20);
            ByteArrayOutputStream heard = new ByteArrayOutputStream();
            machine.tape().sinks().forEach(sink -> heard.writeBytes(sink.tape()));
            assertThat(heard.toByteArray()).isEqualTo(BytePattern.bytes(0, 0, 20 * SETUP.periodBytes()));
            byte[] recorded = recording.recorded();
            assertThat(recorded).hasSizeGreaterThanOrEqualTo(20 * SETUP.periodBytes());
            assertThat(recorded).isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, recorded.length));
        }
    }

    @Test
    @DisplayName("the card can be taken out while it plays, and its memory is left alone from then on")
    void theCardCanBeTakenOut() {
        ReferenceMachine machine = ReferenceMachine.open(false, Map.of());
        SoundDriver driver = machine.driver(DriverStyle.LINUX);
        PeriodStream playback = new PeriodStream(driver, 0, true, SETUP);
        playback.start();
        playback.runUntil(5, SECOND);
        machine.close();
        long used = driver.pci().queue(2).usedAddress();
        int usedIdx = machine.bus().ram().get16(used + 2);
        machine.bus().pass(SECOND);
        assertThat(machine.bus().ram().get16(used + 2)).isEqualTo(usedIdx);
        assertThat(machine.bus().readConfig(0, 4)).isEqualTo(-1);
    }
}
