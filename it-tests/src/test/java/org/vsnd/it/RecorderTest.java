// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.linux.LinuxMixer;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceBlobs;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.record.TraceRecorder;
import org.vsnd.trace.replay.Difference;
import org.vsnd.trace.replay.Replay;
import org.vsnd.trace.replay.ReplayResult;
import org.vsnd.trace.tape.TapeSink;

@DisplayName("A recorder between host and card")
class RecorderTest {
    @TempDir
    Path folder;

    static Stream<DriverStyle> styles() {
        return Stream.of(
                DriverStyle.LINUX,
                DriverStyle.HAIKU,
                DriverStyle.PLAIN,
                DriverStyle.PLAIN.withRing(true, false),
                DriverStyle.PLAIN.withRing(false, true),
                DriverStyle.LINUX.withMsix(false));
    }

    private record Recording(EventfulGuest guest, Trace trace) {
        <T extends TraceStep> List<T> steps(Class<T> type) {
            return trace.steps().stream()
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }

        List<TraceStep.Avail> avail(int queue) {
            return steps(TraceStep.Avail.class).stream()
                    .filter(step -> step.queue() == queue)
                    .toList();
        }

        List<TraceStep.Used> used(int queue) {
            return steps(TraceStep.Used.class).stream()
                    .filter(step -> step.queue() == queue)
                    .toList();
        }
    }

    private Recording record(DriverStyle style, boolean withData) throws IOException, TraceException {
        Path file = folder.resolve("guest.jsonl");
        EventfulGuest guest;
        try (TraceRecorder recorder = TraceRecorder.open(file, withData);
                VirtualMachine machine = VirtualMachine.recorded(Map.of(), recorder)) {
            guest = new EventfulGuest(machine, style);
            guest.run();
        }
        return new Recording(guest, TraceReader.read(file));
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName("writes down every access of the driver, with its value and time, and nothing else")
    void recordsEveryAccess(DriverStyle style) throws Exception {
        Recording recording = record(style, false);
        assertThat(recording.trace().steps().stream()
                        .filter(step -> step instanceof TraceStep.ConfigAccess || step instanceof TraceStep.BarAccess))
                .containsExactlyElementsOf(recording.guest().bus().accesses());
        assertThat(recording.trace().steps()).noneMatch(TraceStep.Lost.class::isInstance);
        assertThat(recording.steps(TraceStep.Mark.class)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName("keeps every byte that went through the queues, and how each message came back")
    void recordsWhatWentThroughTheQueues(DriverStyle style) throws Exception {
        Recording recording = record(style, true);
        TraceBlobs blobs = new TraceBlobs(recording.trace());
        ByteArrayOutputStream played = new ByteArrayOutputStream();
        for (TraceStep.Avail avail : recording.avail(SndWire.TX_QUEUE)) {
            byte[] readable = bytes(
                    blobs,
                    avail.chain().stream()
                            .filter(descriptor -> !descriptor.isWritable())
                            .toList());
            played.write(readable, 4, readable.length - 4);
        }
        assertThat(played.toByteArray()).isEqualTo(recording.guest().played());
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        List<String> recordedBack = new ArrayList<>();
        for (TraceStep.Used used : recording.used(SndWire.RX_QUEUE)) {
            byte[] written = bytes(blobs, used.written());
            recorded.write(written, 0, (int) used.length() - SndWire.STATUS_BYTES);
            recordedBack.add(comesBack(used, written));
        }
        assertThat(recordedBack).isEqualTo(recording.guest().recordedBack());
        assertThat(recorded.toByteArray()).isEqualTo(recording.guest().recorded());
        List<String> playedBack = new ArrayList<>();
        for (TraceStep.Used used : recording.used(SndWire.TX_QUEUE)) {
            playedBack.add(comesBack(used, bytes(blobs, used.written())));
        }
        assertThat(playedBack).isEqualTo(recording.guest().playedBack());
    }

    private static String comesBack(TraceStep.Used used, byte[] written) {
        ByteBuffer end = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
        int at = written.length - SndWire.STATUS_BYTES;
        return EventfulGuest.comesBack(used.length(), end.getInt(at), end.getInt(at + 4));
    }

    private static byte[] bytes(TraceBlobs blobs, List<TraceDescriptor> descriptors) throws TraceException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (TraceDescriptor descriptor : descriptors) {
            all.writeBytes(blobs.bytes(descriptor).orElseThrow());
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName(
            "numbers what is available and used in each life of a queue, a chain before its use, before its interrupt")
    void keepsTheOrder(DriverStyle style) throws Exception {
        Recording recording = record(style, false);
        int[] available = new int[4];
        int[] used = new int[4];
        long interrupts = 0;
        int resets = 0;
        for (TraceStep step : recording.trace().steps()) {
            if (step instanceof TraceStep.Avail avail) {
                assertThat(avail.availIdx()).isEqualTo(++available[avail.queue()]);
            } else if (step instanceof TraceStep.Used back) {
                assertThat(back.usedIdx()).isEqualTo(++used[back.queue()]);
                assertThat(back.usedIdx()).isLessThanOrEqualTo(available[back.queue()]);
            } else if (step instanceof TraceStep.Interrupt interrupt) {
                interrupts++;
                assertThat(interrupt.kind())
                        .isEqualTo(style.msix() ? TraceStep.InterruptKind.MSIX : TraceStep.InterruptKind.INTX);
            } else if (step instanceof TraceStep.BarAccess access && isQueueReset(access)) {
                available[SndWire.TX_QUEUE] = 0;
                used[SndWire.TX_QUEUE] = 0;
            } else if (step instanceof TraceStep.Reset reset) {
                assertThat(reset.how()).isEqualTo("device_status=0");
                available = new int[4];
                used = new int[4];
                resets++;
            }
        }
        var log = recording.guest().machine().host().interrupts();
        assertThat(interrupts).isEqualTo(style.msix() ? log.total() : log.intxAssertions());
        assertThat(resets).as("start, start and end").isEqualTo(3);
    }

    private static boolean isQueueReset(TraceStep.BarAccess access) {
        return access.write() && access.bar() == 4 && access.offset() == VirtioPciCommonCfg.QUEUE_RESET;
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName("records chains of one notification together, and indirect ones as what their table holds")
    void recordsHowChainsCame(DriverStyle style) throws Exception {
        Recording recording = record(style, false);
        int together = 0;
        int most = 0;
        for (TraceStep step : recording.trace().steps()) {
            together = step instanceof TraceStep.Avail ? together + 1 : 0;
            most = Math.max(most, together);
        }
        assertThat(most).isEqualTo(6);
        for (TraceStep.Avail avail : recording.avail(SndWire.TX_QUEUE)) {
            assertThat(avail.indirect().isPresent())
                    .isEqualTo(style.uses(Features.INDIRECT_DESC) && style.writesDriverFeature());
            assertThat(avail.chain()).hasSizeGreaterThanOrEqualTo(3);
        }
        assertThat(recording.avail(SndWire.CONTROL_QUEUE).get(0).chain().get(0).content())
                .as("PCM_INFO of both streams")
                .isEqualTo(new TraceContent.Hex("00010000000000000200000020000000"));
    }

    @Test
    @DisplayName(
            "sums up long buffers the same way with and without data files, and makes files only for what is not zero")
    void dataFilesChangeNothingElse() throws Exception {
        Recording without = record(DriverStyle.HAIKU, false);
        Recording with = record(DriverStyle.HAIKU, true);
        assertThat(with.trace().steps()).hasSameSizeAs(without.trace().steps());
        List<TraceContent.Summary> summaries = summaries(with);
        assertThat(summaries(without))
                .isEqualTo(summaries.stream()
                        .map(each ->
                                new TraceContent.Summary(each.head(), each.crc32(), each.allZero(), Optional.empty()))
                        .toList());
        long blobs = summaries.stream().filter(each -> each.blob().isPresent()).count();
        assertThat(summaries).allMatch(each -> each.allZero() != each.blob().isPresent());
        try (Stream<Path> files = Files.list(folder.resolve("guest.data"))) {
            assertThat(files).hasSize((int) blobs);
        }
        assertThat(blobs).isGreaterThan(6);
    }

    private static List<TraceContent.Summary> summaries(Recording recording) {
        List<TraceContent.Summary> summaries = new ArrayList<>();
        for (TraceStep step : recording.trace().steps()) {
            List<TraceDescriptor> chain = step instanceof TraceStep.Avail avail
                    ? avail.chain()
                    : step instanceof TraceStep.Used used ? used.written() : List.of();
            for (TraceDescriptor descriptor : chain) {
                if (descriptor.content() instanceof TraceContent.Summary summary) {
                    summaries.add(summary);
                }
            }
        }
        return summaries;
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName("is not noticed: the guest sees and the host hears the same at the same nanosecond")
    void changesNothing(DriverStyle style) throws Exception {
        EventfulGuest recorded = record(style, true).guest();
        EventfulGuest alone;
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            alone = new EventfulGuest(machine, style);
            alone.run();
        }
        assertThat(recorded.bus().accesses()).isEqualTo(alone.bus().accesses());
        assertThat(recorded.backNanos()).isEqualTo(alone.backNanos());
        assertThat(recorded.playedBack()).isEqualTo(alone.playedBack());
        assertThat(recorded.recordedBack()).isEqualTo(alone.recordedBack());
        assertThat(recorded.recorded()).isEqualTo(alone.recorded());
        assertThat(tapes(recorded)).isEqualTo(tapes(alone));
        assertThat(recorded.machine().host().memory().bytesWritten())
                .isEqualTo(alone.machine().host().memory().bytesWritten());
        assertThat(recorded.machine().host().thread().tasksRun())
                .isEqualTo(alone.machine().host().thread().tasksRun());
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName("makes traces that replay without a failure, to the last message")
    void replays(DriverStyle style) throws Exception {
        Recording recording = record(style, true);
        ReplayResult result = Replay.run(recording.trace(), new VirtioSoundPlugin()::create);
        assertThat(result.failures()).isEmpty();
        assertThat(result.passed()).isTrue();
        assertThat(result.counts().accesses())
                .as("all but the notifications are found again")
                .isEqualTo(recording.guest().bus().accesses().size());
        assertThat(result.counts().messages())
                .isEqualTo(recording.guest().backNanos().size());
        assertThat(result.differences())
                .extracting(Difference::what)
                .isSubsetOf("length of a used element of the record queue");
    }

    @Test
    @DisplayName("makes traces that replay over resets of every kind, each followed by another driver")
    void replaysOverResets() throws Exception {
        Path file = folder.resolve("resets.jsonl");
        try (TraceRecorder recorder = TraceRecorder.open(file, false);
                VirtualMachine machine = VirtualMachine.recorded(Map.of(), recorder)) {
            SoundDriver driver = play(machine, DriverStyle.LINUX);
            int express = driver.pci().card().capability(PciCapability.EXPRESS);
            machine.bus().writeConfig(express + 8, 2, 0x8000);
            driver.pci().forgetQueues();
            driver = play(machine, DriverStyle.HAIKU);
            machine.bus().function().reset();
            driver.pci().forgetQueues();
            driver = play(machine, DriverStyle.PLAIN.withMsix(false));
            driver.pci().reset();
        }
        ReplayResult result = Replay.run(TraceReader.read(file), new VirtioSoundPlugin()::create);
        assertThat(result.failures()).isEmpty();
        assertThat(result.counts().messages()).isEqualTo(3 * 10);
        assertThat(result.counts().inventedBuffers())
                .as("their bytes were not recorded")
                .isPositive();
    }

    @Test
    @DisplayName("makes traces of a guest's mixer that replay without a failure: every request of control elements")
    void replaysAMixer() throws Exception {
        Path file = folder.resolve("mixer.jsonl");
        int replies;
        try (TraceRecorder recorder = TraceRecorder.open(file, true);
                VirtualMachine machine = VirtualMachine.recorded(Map.of(), recorder)) {
            SoundDriver driver = SoundDriver.start(machine.bus(), DriverStyle.LINUX, Features.SND_CTLS);
            LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
            List<LinuxMixer.Element> elements = mixer.probe();
            assertThat(elements).hasSizeGreaterThan(1);
            for (LinuxMixer.Element element : elements) {
                assertThat(mixer.put(element, mixer.get(element))).isEqualTo(SndWire.S_OK);
            }
            LinuxMixer.Element volume = elements.get(0);
            assertThat(mixer.metadata(volume, 256)).isNotEmpty();
            assertThat(driver.control(SoundDriver.words(SndWire.R_CTL_READ, elements.size()), 8)
                            .status())
                    .isNotEqualTo(SndWire.S_OK);
            replies = 2 * elements.size() + 3; // with probe, metadata and the one that is refused
        }
        ReplayResult result = Replay.run(TraceReader.read(file), new VirtioSoundPlugin()::create);
        assertThat(result.failures()).isEmpty();
        assertThat(result.counts().controlReplies()).isGreaterThanOrEqualTo(replies);
        assertThat(result.differences()).isEmpty();
    }

    private static SoundDriver play(VirtualMachine machine, DriverStyle style) {
        SoundDriver driver = machine.driver(style);
        PeriodStream stream = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 1920));
        stream.start();
        stream.runUntil(10, 1_000_000_000L);
        return driver;
    }

    @Test
    @DisplayName("makes a trace that does not pass for replayed where steps are missing")
    void aReplayEndsWhereStepsAreMissing() throws Exception {
        Recording recording = record(DriverStyle.HAIKU, false);
        List<TraceStep> steps = new ArrayList<>(recording.trace().steps());
        int half = steps.size() / 2;
        steps.set(half, new TraceStep.Lost(steps.get(half).micros(), "recorder", 3));
        ReplayResult result = Replay.run(new Trace(recording.trace().file(), steps), new VirtioSoundPlugin()::create);
        assertThat(result.failures()).hasSize(1);
        assertThat(result.failures().get(0).toString())
                .startsWith("line " + (half + 1))
                .contains("3 are missing");
    }

    private static List<ByteBuffer> tapes(EventfulGuest guest) {
        return guest.machine().tape().sinks().stream()
                .map(TapeSink::tape)
                .map(ByteBuffer::wrap)
                .toList();
    }
}
