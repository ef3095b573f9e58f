// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.tape.TapeBackend;

@DisplayName("A recording")
class TraceRecorderTest {
    private static final int SMALL_RING = 256 << 10;
    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path folder;

    /** What a driver does with a card that is recorded. */
    private interface Life {
        void live(SoundDriver driver, VirtualBus bus);
    }

    private List<TraceStep> record(int ringBytes, Life life) throws IOException, PluginException, TraceException {
        Path file = folder.resolve("life.jsonl");
        try (TraceRecorder recorder = TraceRecorder.open(file, false, ringBytes)) {
            live(recorder, life);
        }
        return TraceReader.read(file).steps();
    }

    private static void live(TraceRecorder recorder, Life life) throws PluginException {
        VirtualHost host = new VirtualHost(FlatMemory.guarded(0, 32 << 20), new InterruptLog(2048, false));
        try (VirtualBus bus = new VirtualBus(
                host,
                recorder.around(host, with -> new VirtioSoundPlugin().create(with, Map.of(), new TapeBackend())))) {
            life.live(SoundDriver.start(bus, DriverStyle.HAIKU), bus);
        }
        assertThat(host.memory().violations()).isEmpty();
    }

    /** A playback message for a stream that is not prepared: answered at once. */
    private static void sendAndForget(SoundDriver driver, int dataBytes) {
        SoundMessage message = driver.message(0, true, dataBytes);
        driver.submit(message);
        driver.awaitBack(message, SECOND);
        driver.free(message);
    }

    private static List<String> resets(List<TraceStep> steps) {
        return steps.stream()
                .filter(TraceStep.Reset.class::isInstance)
                .map(step -> ((TraceStep.Reset) step).how())
                .toList();
    }

    @Test
    @DisplayName("says how many steps were lost where they are missing, goes on behind them, and warns once")
    void tellsWhatIsMissing() throws Exception {
        try (LogLines log = new LogLines()) {
            List<TraceStep> steps = record(SMALL_RING, (driver, bus) -> {
                sendAndForget(driver, 1000);
                sendAndForget(driver, 2 * SMALL_RING);
                sendAndForget(driver, 1000);
                sendAndForget(driver, 2 * SMALL_RING);
                bus.readConfig(0, 4);
            });
            List<TraceStep.Lost> losses = steps.stream()
                    .filter(TraceStep.Lost.class::isInstance)
                    .map(TraceStep.Lost.class::cast)
                    .toList();
            assertThat(losses).extracting(TraceStep.Lost::steps).containsExactly(1L, 1L);
            int loss = steps.indexOf(losses.get(0));
            assertThat(steps.get(loss - 1)).as("the notification").isInstanceOf(TraceStep.BarAccess.class);
            assertThat(steps.get(loss + 1)).isInstanceOfSatisfying(TraceStep.Used.class, used -> {
                assertThat(used.usedIdx()).isEqualTo(2);
                assertThat(used.length()).isEqualTo(SndWire.STATUS_BYTES);
            });
            assertThat(log.lines()).hasSize(1);
            assertThat(log.lines().get(0)).contains("steps are missing", "life.jsonl", "faster disk");
        }
    }

    @Test
    void tellsAlsoOfStepsThatWereLostAtItsVeryEnd() throws Exception {
        List<TraceStep> steps = record(SMALL_RING, (driver, bus) -> {
            long data = driver.pci().allocator().allocate(2 * SMALL_RING, 8);
            driver.pci().queue(SndWire.EVENT_QUEUE).add(new BufferList().readable(data, 2 * SMALL_RING), 0);
            driver.pci().notifyQueue(SndWire.EVENT_QUEUE);
        });
        assertThat(steps.get(steps.size() - 1))
                .isInstanceOfSatisfying(
                        TraceStep.Lost.class, lost -> assertThat(lost.steps()).isEqualTo(1));
    }

    @Test
    @DisplayName("tells resets apart: device_status, FLR and the host's own; a queue's life begins anew with each")
    void tellsResetsApart() throws Exception {
        List<TraceStep> steps = record(SMALL_RING, (driver, bus) -> {
            sendAndForget(driver, 100);
            int express = driver.pci().card().capability(PciCapability.EXPRESS);
            bus.writeConfig(express + 9, 1, 0x80);
            driver.pci().forgetQueues();
            driver = SoundDriver.start(bus, DriverStyle.PLAIN);
            sendAndForget(driver, 100);
            bus.function().reset();
            driver.pci().forgetQueues();
            sendAndForget(SoundDriver.start(bus, DriverStyle.LINUX), 100);
        });
        assertThat(resets(steps))
                .containsExactly("device_status=0", "flr", "device_status=0", "host", "device_status=0");
        assertThat(steps.stream().filter(TraceStep.Avail.class::isInstance).map(TraceStep.Avail.class::cast))
                .extracting(TraceStep.Avail::availIdx)
                .containsExactly(1, 1, 1);
        assertThat(steps.stream().filter(TraceStep.Used.class::isInstance)).hasSize(3);
    }

    @Test
    @DisplayName("has what comes through the window in configuration space: a notification and a reset")
    void hasWhatComesThroughTheWindow() throws Exception {
        List<TraceStep> steps = record(SMALL_RING, (driver, bus) -> {
            SoundMessage message = driver.message(0, true, 100);
            driver.submitQuietly(message);
            throughTheWindow(driver, VirtioCapability.NOTIFY, 4 * SndWire.TX_QUEUE, 2, SndWire.TX_QUEUE);
            driver.awaitBack(message, SECOND);
            throughTheWindow(driver, VirtioCapability.COMMON, VirtioPciCommonCfg.DEVICE_STATUS, 1, 0);
            assertThat(driver.pci().status()).isZero();
            driver.pci().forgetQueues();
        });
        assertThat(steps.stream().filter(TraceStep.Avail.class::isInstance)).hasSize(1);
        assertThat(steps.stream().filter(TraceStep.Used.class::isInstance)).hasSize(1);
        assertThat(resets(steps)).containsExactly("device_status=0", "device_status=0");
    }

    private static void throughTheWindow(SoundDriver driver, int structure, int offset, int length, int value) {
        VirtioCapability window = driver.pci().card().virtio(VirtioCapability.PCI_CFG);
        VirtioCapability target = driver.pci().card().virtio(structure);
        VirtualBus bus = (VirtualBus) driver.bus();
        bus.writeConfig(window.offset() + 4, 1, target.bar());
        bus.writeConfig(window.offset() + 8, 4, (int) target.start() + offset);
        bus.writeConfig(window.offset() + 12, 4, length);
        bus.writeConfig(window.offset() + 16, 4, value);
    }

    @Test
    @DisplayName(
            "has chains that were offered while bus mastering was off, and those of a queue of which the device takes none")
    void hasChainsThatTheDeviceWasNotNotifiedOf() throws Exception {
        List<TraceStep> steps = record(SMALL_RING, (driver, bus) -> {
            StreamSetup setup = StreamSetup.s16At48k(480, 1920);
            driver.open(0, setup);
            long event = driver.pci().allocator().allocate(8, 8);
            driver.pci().queue(SndWire.EVENT_QUEUE).add(new BufferList().writable(event, 8), 0);
            bus.writeConfig(4, 2, 2);
            SoundMessage message = driver.message(0, true, setup.periodBytes());
            driver.submitQuietly(message);
            driver.pci().notifyQueue(SndWire.TX_QUEUE);
            assertThat(message.isPending()).isTrue();
            bus.writeConfig(4, 2, 6); // bus mastering is back: the device looks at its queues
        });
        List<TraceStep> avail =
                steps.stream().filter(TraceStep.Avail.class::isInstance).toList();
        assertThat(avail.subList(2, 4))
                .extracting(step -> ((TraceStep.Avail) step).queue())
                .containsExactly(SndWire.EVENT_QUEUE, SndWire.TX_QUEUE);
    }

    @Test
    @DisplayName("empties its file, and takes the data files of an earlier recording away")
    void replacesAnEarlierOne() throws Exception {
        Path file = Files.writeString(folder.resolve("again.jsonl"), "old");
        Path data = Files.createDirectory(folder.resolve("again.data"));
        Files.writeString(data.resolve("0000.bin"), "old");
        Files.writeString(data.resolve("12345.bin"), "old");
        Files.writeString(data.resolve("mine.txt"), "mine");
        TraceRecorder.open(file, true).close();
        assertThat(file).isEmptyFile();
        try (var left = Files.list(data)) {
            assertThat(left).containsExactly(data.resolve("mine.txt"));
        }
    }

    @Test
    @DisplayName("ends with one warning when its file cannot be written any more, and the card works on")
    void endsWhenTheDiskIsFull() throws Exception {
        try (LogLines log = new LogLines()) {
            try (TraceRecorder recorder = TraceRecorder.open(Path.of("/dev/full"), false, SMALL_RING)) {
                live(recorder, (driver, bus) -> IntStream.range(0, 200).forEach(i -> sendAndForget(driver, 4000)));
            }
            assertThat(log.lines().stream().filter(line -> line.startsWith("the recording has ended, /dev/full")))
                    .hasSize(1);
        }
    }

    @Test
    void isOfOneFunctionOnly() throws Exception {
        try (TraceRecorder recorder = TraceRecorder.open(folder.resolve("one.jsonl"), false, SMALL_RING)) {
            live(recorder, (driver, bus) -> {});
            assertThatThrownBy(() -> live(recorder, (driver, bus) -> {})).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void hasWholeLinesAtEveryMoment() throws Exception {
        Path file = folder.resolve("lines.jsonl");
        try (TraceFile trace = new TraceFile(file)) {
            for (int i = 0; i < 5000; i++) {
                trace.write(new TraceStep.Reset(i, "guest", "x".repeat(i % 100)));
                long length = Files.size(file);
                assertThat(length == 0 || Files.readString(file).endsWith("\n")).isTrue();
                if (i % 1000 == 999) {
                    trace.flush();
                    assertThat(Files.readString(file).lines()).hasSize(i + 1);
                }
            }
        }
    }
}
