// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.serve.CardPlace;
import org.vsnd.cli.serve.Front;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.cli.serve.TraceRequest;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.server.ClientRules;
import org.vsnd.server.Endpoint;
import org.vsnd.server.ServiceManager;
import org.vsnd.server.SocketAccess;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.replay.Replay;

@DisplayName("The recording of a served card")
class ServedRecordingTest {
    private static final Map<String, String> SILENT = Map.of("backend", "null");
    private static final long SECOND = 1_000_000_000L;
    private static final int PERIODS = 5;

    @TempDir
    Path folder;

    private static void play(Path socket, Personality personality) throws IOException {
        try (ClientMemory memory = new ClientMemory(32 << 20);
                VfioUserBus bus = VfioUserBus.connect(socket, personality, memory)) {
            PeriodStream stream = new PeriodStream(
                    SoundDriver.start(bus, DriverStyle.LINUX), 0, true, StreamSetup.s16At48k(480, 1920));
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
                new CardPlace(Front.VFIO_USER, Endpoint.file(socket, SocketAccess.OWNER_ONLY)),
                ClientRules.STANDARD,
                SILENT,
                false,
                new TraceRequest(file, true),
                ServiceManager.NONE)) {
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
        assertThat(Replay.run(trace, new VirtioSoundPlugin()::create).failures())
                .as("with MSI-X masked by the host, as in a hypervisor")
                .isEmpty();
    }
}
