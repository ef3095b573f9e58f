// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.it.driver.DriverStyle;
import org.vsnd.it.driver.PcmSetup;
import org.vsnd.it.driver.PeriodStream;
import org.vsnd.it.driver.SndWire;
import org.vsnd.it.driver.SoundDriver;
import org.vsnd.it.trace.Trace;
import org.vsnd.it.trace.TraceReader;
import org.vsnd.it.trace.TraceStep;
import org.vsnd.it.trace.replay.Replay;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.server.ClientRules;
import org.vsnd.server.ServerException;
import org.vsnd.server.SocketAccess;
import org.vsnd.spi.PluginException;

@DisplayName("The recording of a served card")
class RecordingTest {
    private static final Map<String, String> SILENT = Map.of("backend", "null");
    private static final long SECOND = 1_000_000_000L;
    private static final int PERIODS = 5;

    @TempDir
    Path folder;

    private static void play(Path socket, Personality personality) throws IOException {
        try (ClientMemory memory = new ClientMemory(32 << 20);
                VfioUserBus bus = VfioUserBus.connect(socket, personality, memory)) {
            PeriodStream stream =
                    new PeriodStream(SoundDriver.start(bus, DriverStyle.LINUX), 0, true, PcmSetup.s16At48k(480, 1920));
            stream.start();
            stream.runUntil(PERIODS, 5 * SECOND);
        }
    }

    @Test
    @DisplayName("goes on in the same file when one client has gone and the next one comes, with a reset in between")
    void outlivesItsClients() throws Exception {
        Path socket = folder.resolve("s");
        Path file = folder.resolve("both.jsonl");
        try (ServedDevice device = new ServedDevice(
                socket, SocketAccess.OWNER_ONLY, ClientRules.STANDARD, SILENT, false, new Recording(file, true))) {
            device.start();
            play(socket, Personality.QEMU);
            play(socket, Personality.CLOUD_HYPERVISOR);
        }

        Trace trace = TraceReader.read(file);
        List<TraceStep> steps = trace.steps();
        List<Integer> firstPeriods = steps.stream()
                .filter(step -> step instanceof TraceStep.Used used
                        && used.queue() == SndWire.TX_QUEUE
                        && used.usedIdx() == PERIODS)
                .map(steps::indexOf)
                .toList();
        assertThat(firstPeriods).as("fifth periods").hasSize(2);
        assertThat(steps.subList(firstPeriods.get(0), firstPeriods.get(1)))
                .anyMatch(step ->
                        step instanceof TraceStep.Reset reset && reset.how().equals("host"));
        assertThat(steps).noneMatch(TraceStep.Lost.class::isInstance);
        assertThat(folder.resolve("both.data/0000.bin")).hasSize(1920);
        assertThat(Replay.run(trace).failures())
                .as("with MSI-X masked by the host, as in a hypervisor")
                .isEmpty();
    }

    @Test
    @DisplayName("is closed when the socket's name is refused after the card was made")
    void leavesNothingOpenWhenTheNameIsRefused() throws Exception {
        Path both = folder.resolve("both"); // the recording takes the name that the socket is to have
        assertThatThrownBy(() -> new ServedDevice(
                        both, SocketAccess.OWNER_ONLY, ClientRules.STANDARD, SILENT, false, new Recording(both, false)))
                .isInstanceOf(ServerException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains("both"));
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(Files::exists).filter(fd -> isSame(fd, both)))
                    .isEmpty();
        }
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void leavesNothingOpenWhenTheCardCannotBeMade() {
        Path file = folder.resolve("wrong.jsonl");
        assertThatThrownBy(() -> new ServedDevice(
                        folder.resolve("s"),
                        SocketAccess.OWNER_ONLY,
                        ClientRules.STANDARD,
                        Map.of("backend", "gramophone"),
                        false,
                        new Recording(file, false)))
                .isInstanceOf(PluginException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains("wrong.jsonl"));
        assertThat(Files.exists(folder.resolve("s"))).isFalse();
    }
}
