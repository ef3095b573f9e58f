// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundEvents;
import org.vsnd.guest.driver.SoundEvents.Event;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.spi.SnapshotException;

@DisplayName("A stream's features")
class StreamFeaturesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final Map<String, String> ALL = Map.of("features", "xruns,polling");
    private static final int OUTPUT = 0;
    private static final int INPUT = 1;
    private static final int BYTES_PER_SECOND = 48_000 * 4;

    private static Event xrun(int stream) {
        return new Event(SndWire.EVT_PCM_XRUN, stream);
    }

    private static int setParams(SoundDriver driver, int features) {
        byte[] request =
                SoundDriver.setParamsRequest(OUTPUT, 7680, 1920, features, 2, SndWire.FMT_S16, SndWire.RATE_48000);
        return driver.control(request, 4).status();
    }

    @ParameterizedTest
    @CsvSource({"none, 0", "xruns, 16", "polling, 4", "'xruns,polling', 20"})
    @Tag("SND-30")
    @Tag("SND-35")
    @DisplayName("are offered as the operator says, none of them by itself, and those of shared memory never")
    void offered(String option, int word) {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("features", option))) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(driver.pcmInfo().stream().map(PcmInfo::features)).containsOnly(word);
            for (int features = 0; features < 64; features++) {
                int expected = (features & 3) == 3
                        ? SndWire.S_BAD_MSG
                        : (features & ~word) != 0 ? SndWire.S_NOT_SUPP : SndWire.S_OK;
                assertThat(setParams(driver, features)).as("%x", features).isEqualTo(expected);
            }
            assertThat(setParams(driver, 1 << 31)).isEqualTo(SndWire.S_NOT_SUPP);
        }
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            assertThat(machine.driver(DriverStyle.LINUX).pcmInfo()).allMatch(info -> info.features() == 0);
        }
    }

    /** @param stream runs; begins anew, and is left without messages */
    private static void assertNothingIsSaidUnlessSelected(SoundDriver driver, PeriodStream stream, SoundEvents events) {
        stream.stop();
        stream.release();
        driver.select(0);
        stream.start();
        driver.await(() -> false, 5 * SECOND);
        assertThat(events.take()).as("not selected").isEmpty();
    }

    @Test
    @Tag("SND-37")
    @Tag("SND-60")
    @Tag("SND-61")
    @DisplayName("XRUNS: one event each time that there is nothing to play, and none without it")
    void playbackXruns() {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            SoundEvents events = new SoundEvents(driver.pci());
            events.post(4);
            driver.select(SndWire.PCM_F_EVT_XRUNS);
            PeriodStream stream = new PeriodStream(driver, OUTPUT, true, SETUP);
            stream.start();
            stream.runUntil(20, SECOND);
            assertThat(events.take()).isEmpty();
            for (int episode = 0; episode < 3; episode++) {
                driver.await(() -> false, 5 * SECOND); // what comes back is not sent again
                assertThat(events.take()).containsExactly(xrun(OUTPUT));
                driver.await(() -> false, 5 * SECOND);
                assertThat(events.take()).as("still the same").isEmpty();
                stream.collect();
                stream.runUntil(20 * (episode + 2), 10 * SECOND);
                assertThat(events.take()).isEmpty();
            }
            assertNothingIsSaidUnlessSelected(driver, stream, events);
        }
    }

    @Test
    @Tag("SND-37")
    @Tag("SND-61")
    @DisplayName("XRUNS: one event each time that what is recorded finds no message, when it begins to be lost")
    void captureXruns() {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            SoundEvents events = new SoundEvents(driver.pci());
            events.post(4);
            driver.select(SndWire.PCM_F_EVT_XRUNS);
            PeriodStream stream = new PeriodStream(driver, INPUT, false, SETUP);
            stream.start();
            for (int episode = 0; episode < 3; episode++) {
                stream.runUntil(20 * (episode + 1), SECOND);
                // four periods are in flight, and four more are kept for a driver that is late; the last message has to
                // wait
                driver.await(() -> false, 79 * MILLI);
                assertThat(events.take()).isEmpty();
                driver.await(() -> false, 12 * MILLI);
                assertThat(events.take()).containsExactly(xrun(INPUT));
                driver.await(() -> false, 5 * SECOND);
                assertThat(events.take()).isEmpty();
                stream.collect();
            }
            stream.runUntil(100, 2 * SECOND);
            assertThat(events.take()).isEmpty();
            assertThat(machine.card().statistics().get(INPUT).xruns()).isEqualTo(3);
            assertNothingIsSaidUnlessSelected(driver, stream, events);
        }
    }

    @Test
    @Tag("SND-37")
    @DisplayName("XRUNS: nothing is said of a stream that has ended, or was begun anew")
    void xrunOfAnEndedStream() {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.select(SndWire.PCM_F_EVT_XRUNS);
            PeriodStream stream = new PeriodStream(driver, OUTPUT, true, SETUP);
            stream.start();
            driver.await(() -> false, SECOND);
            stream.stop();
            stream.release();
            SoundEvents events = new SoundEvents(driver.pci());
            events.post(2);
            assertThat(events.take()).isEmpty();
        }
    }

    @Test
    @Tag("SND-26")
    @DisplayName("XRUNS: an event waits for a buffer, also over a snapshot")
    void xrunInASnapshot() throws SnapshotException {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.select(SndWire.PCM_F_EVT_XRUNS);
            PeriodStream output = new PeriodStream(driver, OUTPUT, true, SETUP);
            PeriodStream input = new PeriodStream(driver, INPUT, false, SETUP);
            input.start();
            output.start();
            driver.await(() -> false, SECOND);
            byte[] saved = machine.card().snapshot();
            driver.commandOk(SndWire.R_PCM_STOP, OUTPUT);
            driver.commandOk(SndWire.R_PCM_RELEASE, OUTPUT);
            machine.card().reset();
            machine.card().restore(saved);
            assertThat(machine.card().snapshot()).isEqualTo(saved);
        }
    }

    private static void playAndRecord(SoundDriver driver, Map<String, byte[]> recordings, String name) {
        PeriodStream output = new PeriodStream(driver, OUTPUT, true, SETUP);
        PeriodStream input = new PeriodStream(driver, INPUT, false, SETUP);
        output.limitBytes(100L * SETUP.periodBytes());
        output.start();
        input.start();
        boolean done = driver.await(
                () -> {
                    output.collect();
                    input.collect();
                    return output.completions() == 100 && input.completions() >= 100;
                },
                2 * SECOND);
        assertThat(done).isTrue();
        for (int i = 1; i < 95; i++) { // the last ones may have to wait
            assertThat(output.completionNanos(i) - output.completionNanos(i - 1))
                    .isBetween(9 * MILLI, 11 * MILLI);
            assertThat(input.completionNanos(i) - input.completionNanos(i - 1)).isBetween(9 * MILLI, 11 * MILLI);
        }
        output.stop();
        output.release();
        input.stop();
        input.release();
        recordings.put(name, Arrays.copyOf(input.recorded(), 90 * SETUP.periodBytes()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("SND-36")
    @DisplayName("POLLING: a driver that never notifies plays and records the same at the same pace")
    void polling(boolean eventIdx) {
        Map<String, byte[]> recordings = new java.util.HashMap<>();
        byte[] tape = {};
        for (int features : new int[] {0, SndWire.PCM_F_MSG_POLLING}) {
            try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
                SoundDriver driver = machine.driver(DriverStyle.PLAIN.withRing(true, eventIdx));
                driver.select(features);
                playAndRecord(driver, recordings, "features " + features);
                long kicks = driver.pci().queue(SndWire.TX_QUEUE).kicks()
                        + driver.pci().queue(SndWire.RX_QUEUE).kicks();
                assertThat(kicks == 0).isEqualTo(features != 0);
                tape = machine.tape().sink().tape();
                assertThat(tape).isEqualTo(BytePattern.bytes(OUTPUT, 0, 100 * SETUP.periodBytes()));
                assertThat(machine.card().statistics().get(OUTPUT).xruns()).isZero();
            }
        }
        assertThat(recordings.get("features 4")).isEqualTo(recordings.get("features 0"));
    }

    @Test
    @Tag("SND-36")
    @DisplayName("POLLING: two periods of 64 frames are enough")
    void pollingShortPeriods() {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.select(SndWire.PCM_F_MSG_POLLING);
            PeriodStream stream = new PeriodStream(driver, OUTPUT, true, StreamSetup.s16At48k(64, 128));
            stream.start();
            stream.runUntil(5000, 7 * SECOND);
            assertThat(machine.card().statistics().get(OUTPUT).xruns()).isZero();
        }
    }

    @Test
    @Tag("SND-36")
    @DisplayName("POLLING: one message in flight is enough as well")
    void pollingSingleMessages() {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.select(SndWire.PCM_F_MSG_POLLING);
            DuplexExchange exchange = new DuplexExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
            exchange.start();
            exchange.exchanges(10, 2 * MILLI);
            exchange.stop();
            assertThat(machine.tape().sink().withoutSilence())
                    .isEqualTo(BytePattern.bytes(OUTPUT, 0, (int) exchange.bytesSent()));
            assertThat(machine.card().statistics().get(OUTPUT).xruns()).isZero();
        }
    }

    @Test
    @Tag("SND-36")
    @DisplayName("POLLING: the card looks at no ring while no such stream runs, and twice a period while one does")
    void looks() {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            SoundMessage message = driver.message(OUTPUT, true, SETUP.periodBytes());
            driver.open(OUTPUT, SETUP);
            driver.commandOk(SndWire.R_PCM_START, OUTPUT);
            driver.submitQuietly(message);
            driver.await(() -> !message.isPending(), SECOND);
            assertThat(message.isPending()).as("not selected: nobody looks").isTrue();
            driver.commandOk(SndWire.R_PCM_STOP, OUTPUT);
            driver.commandOk(SndWire.R_PCM_RELEASE, OUTPUT);
            driver.poll();

            driver.select(SndWire.PCM_F_MSG_POLLING);
            driver.open(OUTPUT, SETUP);
            assertThat(tasksInASecond(machine))
                    .as("prepared: START takes what is there")
                    .isZero();
            driver.commandOk(SndWire.R_PCM_START, OUTPUT);
            assertThat(tasksInASecond(machine)).isEqualTo(200);
            driver.commandOk(SndWire.R_PCM_STOP, OUTPUT);
            assertThat(tasksInASecond(machine)).isZero();
            driver.commandOk(SndWire.R_PCM_START, OUTPUT);
            driver.pci().reset();
            assertThat(tasksInASecond(machine)).isZero();
        }
    }

    private static long tasksInASecond(VirtualMachine machine) {
        long before = machine.host().thread().tasksRun();
        machine.bus().pass(SECOND);
        return machine.host().thread().tasksRun() - before;
    }

    @Test
    @Tag("SND-81")
    @Tag("SND-36")
    @DisplayName(
            "POLLING: of two streams the one with the shorter period is the measure, and one may end before the other")
    void pollingTwoStreams() {
        Map<String, String> options = Map.of("features", "polling", "outputs", "2");
        try (VirtualMachine machine = VirtualMachine.guarded(options)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.select(SndWire.PCM_F_MSG_POLLING);
            PeriodStream slow = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(4800, 9600));
            PeriodStream quick = new PeriodStream(driver, 1, true, StreamSetup.s16At48k(96, 192));
            slow.start();
            quick.start();
            boolean done = driver.await(
                    () -> {
                        slow.collect();
                        quick.collect();
                        return slow.completions() >= 20;
                    },
                    3 * SECOND);
            assertThat(done).isTrue();
            assertThat(quick.completions()).isBetween(995, 1005);
            quick.stop();
            quick.release();
            slow.runUntil(30, 2 * SECOND);
            assertThat(List.of(0, 1))
                    .allSatisfy(
                            i -> assertThat(machine.card().statistics().get(i).xruns())
                                    .isZero());
        }
    }

    @Test
    @Tag("SND-36")
    @DisplayName("POLLING: goes on after a restore")
    void pollingAfterARestore() throws SnapshotException {
        try (VirtualMachine machine = VirtualMachine.guarded(ALL)) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            driver.select(SndWire.PCM_F_MSG_POLLING);
            PeriodStream stream = new PeriodStream(driver, OUTPUT, true, SETUP);
            stream.start();
            stream.runUntil(10, SECOND);
            byte[] saved = machine.card().snapshot();
            machine.card().restore(saved);
            assertThat(machine.card().snapshot()).isEqualTo(saved);
            stream.runUntil(50, SECOND);
            assertThat(machine.card().statistics().get(OUTPUT).xruns()).isZero();
            assertThat((long) stream.completions() * SETUP.periodBytes()).isLessThan(BYTES_PER_SECOND);
        }
    }

    @Test
    @DisplayName("cost the device thread no allocation")
    void allocation() {
        try (VirtualMachine machine = VirtualMachine.open(ALL)) {
            machine.tape().countOnly();
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            SoundEvents events = new SoundEvents(driver.pci());
            events.post(1);
            driver.select(SndWire.PCM_F_MSG_POLLING | SndWire.PCM_F_EVT_XRUNS);
            PeriodStream stream = new PeriodStream(driver, OUTPUT, true, SETUP);
            stream.withoutContent();
            stream.start();
            long fewest = Long.MAX_VALUE;
            for (int window = 1; window <= 20 && fewest > 0; window++) {
                machine.host().meter().restart();
                stream.runUntil(window * 100, 2 * SECOND);
                driver.await(() -> false, SECOND);
                fewest = Math.min(fewest, machine.host().meter().bytes());
                assertThat(events.take()).containsExactly(xrun(OUTPUT));
                stream.collect();
            }
            assertThat(fewest).isZero();
        }
    }
}
