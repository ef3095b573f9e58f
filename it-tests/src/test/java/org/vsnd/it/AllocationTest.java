// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.record.TraceRecorder;

@DisplayName("The device thread")
class AllocationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Map<String, String> OPTIONS =
            Map.of("outputs", "2", "inputs", "2", "virtio", "packed,notification-data");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("allocates nothing while two streams play and two record, once warmed up")
    void allocatesNothing(boolean msix) {
        try (VirtualMachine machine = VirtualMachine.open(OPTIONS)) {
            assertThat(fewestBytes(machine, DriverStyle.LINUX.withMsix(msix))).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("allocates nothing over packed rings either")
    void allocatesNothingOverPackedRings(boolean plain) {
        try (VirtualMachine machine = VirtualMachine.open(OPTIONS)) {
            DriverStyle style = plain ? DriverStyle.PLAIN : DriverStyle.LINUX;
            assertThat(fewestBytes(machine, style.withFeatures(Features.RING_PACKED | Features.NOTIFICATION_DATA)))
                    .isZero();
        }
    }

    @Test
    @DisplayName("allocates nothing to keep the order of buffers")
    void allocatesNothingForOrder() {
        try (VirtualMachine machine = VirtualMachine.open(Map.of("virtio", "packed,in-order"))) {
            DriverStyle style = DriverStyle.LINUX.withFeatures(Features.IN_ORDER | Features.RING_PACKED);
            assertThat(fewestBytes(machine, style, 1)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("allocates nothing either while all that is recorded, with every byte")
    void allocatesNothingWhileRecorded(boolean msix, @TempDir Path folder) throws Exception {
        Path file = folder.resolve("busy.jsonl");
        try (TraceRecorder recorder = TraceRecorder.open(file, true);
                VirtualMachine machine = VirtualMachine.openRecorded(OPTIONS, recorder)) {
            assertThat(fewestBytes(machine, DriverStyle.LINUX.withMsix(msix))).isZero();
        }
        assertThat(TraceReader.read(file).steps().stream().filter(TraceStep.Used.class::isInstance))
                .hasSizeGreaterThan(4000);
    }

    @Test
    @DisplayName("allocates nothing for messages that end in the middle of a frame")
    void allocatesNothingForSplitFrames() {
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            List<SoundMessage> messages = new ArrayList<>();
            for (int stream = 0; stream < 2; stream++) {
                driver.open(stream, StreamSetup.s16At48k(480, 1920));
                for (int i = 0; i < 4; i++) {
                    SoundMessage message = driver.message(stream, stream == 0, 1919);
                    driver.submit(message);
                    messages.add(message);
                }
                driver.commandOk(SndWire.R_PCM_START, stream);
            }
            assertThat(fewestBytes(machine, driver, messages)).isZero();
        }
    }

    @Test
    @DisplayName("allocates nothing while it refuses the messages of a driver that sends on and on (SND-80)")
    void allocatesNothingForRefusals() {
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            List<SoundMessage> messages = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                SoundMessage message = driver.message(0, true, 1920);
                driver.submit(message);
                messages.add(message);
            }
            assertThat(fewestBytes(machine, driver, messages)).isZero();
        }
    }

    /** Sends each message again as soon as it is back. */
    private static long fewestBytes(VirtualMachine machine, SoundDriver driver, List<SoundMessage> messages) {
        long fewest = Long.MAX_VALUE;
        for (int window = 0; window < 20 && fewest > 0; window++) {
            machine.host().meter().restart();
            driver.await(
                    () -> {
                        for (int i = 0; i < messages.size(); i++) {
                            if (!messages.get(i).isPending()) {
                                driver.submit(messages.get(i));
                            }
                        }
                        return false;
                    },
                    10 * SECOND);
            fewest = Math.min(fewest, machine.host().meter().bytes());
        }
        return fewest;
    }

    private static long fewestBytes(VirtualMachine machine, DriverStyle style) {
        return fewestBytes(machine, style, 2);
    }

    /** @param each streams of each direction */
    private static long fewestBytes(VirtualMachine machine, DriverStyle style, int each) {
        machine.tape().countOnly();
        SoundDriver driver = machine.driver(style);
        List<PeriodStream> streams = new ArrayList<>();
        for (int i = 0; i < 2 * each; i++) {
            PeriodStream stream = new PeriodStream(driver, i, i < each, StreamSetup.s16At48k(480, 1920));
            stream.withoutContent();
            stream.start();
            streams.add(stream);
        }
        // The compiler at work costs the running thread a few bytes now and then (none with -Xint), so one window
        // of several has to be clean; an allocation per period, or per hundred, would be in every one of them.
        long fewest = Long.MAX_VALUE;
        for (int window = 1; window <= 20 && fewest > 0; window++) {
            machine.host().meter().restart();
            run(driver, streams, 1000 * window);
            fewest = Math.min(fewest, machine.host().meter().bytes());
        }
        return fewest;
    }

    private static void run(SoundDriver driver, List<PeriodStream> streams, int periods) {
        boolean done = driver.await(
                () -> {
                    streams.forEach(PeriodStream::collect);
                    return streams.stream().allMatch(stream -> stream.completions() >= periods);
                },
                1000 * SECOND);
        assertThat(done).isTrue();
    }
}
