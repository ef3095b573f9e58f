// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;

/** What {@code vsnd serve} leaves behind when it is ended while a guest plays. */
@Tag("guest")
class ServeEndTest {
    private static final int SIGNAL_EXIT = 128;
    private static final Duration PLAYING_LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** A signal, the exit code it leads to, and whether the process can tidy up. */
    private record Ending(String signal, int exitCode, boolean tidy, String slot) {
        String address() {
            return "0000:00:" + slot.substring(2) + ".0";
        }
    }

    @Test
    void signalsLeaveNoSocketAndNoChildAndAKillStillAValidWav() throws Exception {
        List<Ending> endings = List.of(
                new Ending("INT", SIGNAL_EXIT + 2, true, "0x10"),
                new Ending("TERM", SIGNAL_EXIT + 15, true, "0x11"),
                new Ending("KILL", SIGNAL_EXIT + 9, false, "0x12"));
        List<ServeProcess> servers = new ArrayList<>();
        LinuxGuest.Builder machine = GuestBed.get().machine(folder);
        try {
            for (Ending ending : endings) {
                Path socket = folder.resolve(ending.signal);
                servers.add(
                        ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "wav:" + wav(ending)));
                JsonObject card = GuestBed.card(ending.signal, socket, "pcie.0", ending.slot);
                machine.arguments("-device", card.toString());
            }
            try (Guest guest = GuestBed.boot(machine)) {
                for (Ending ending : endings) {
                    guest.startPlaying(ending.address());
                }
                for (int i = 0; i < endings.size(); i++) {
                    end(servers.get(i), endings.get(i));
                }
            }
        } finally {
            servers.forEach(ServeProcess::close);
        }
    }

    private void end(ServeProcess server, Ending ending) throws Exception {
        HostRecording recording = HostRecording.fromStart(wav(ending), SoundFormat.S16_STEREO_48K);
        List<ProcessHandle> children =
                ProcessHandle.of(server.pid()).orElseThrow().children().toList();
        Waiting.until(
                PLAYING_LIMIT,
                () -> recording.assertBeginning() > 20_000,
                () -> "20,000 frames of sound before " + ending);
        int framesBefore = recording.assertBeginning();

        server.signal(ending.signal);

        assertThat(server.awaitEnd()).as(ending + " " + server.log()).isEqualTo(ending.exitCode);
        assertThat(children).noneMatch(ProcessHandle::isAlive);
        assertThat(Files.exists(folder.resolve(ending.signal)))
                .as("socket after " + ending)
                .isEqualTo(!ending.tidy);
        WavFile file = WavFile.readFinished(wav(ending));
        assertThat(file.is(SoundFormat.S16_STEREO_48K)).isTrue();
        int frames = recording.assertBeginning();
        assertThat(frames)
                .as(ending + " " + server.lastStatistics() + " " + server.log())
                .isGreaterThanOrEqualTo(framesBefore);
        if (ending.tidy) {
            JsonObject last = server.lastStatistics();
            assertThat(last.get("final").getAsBoolean()).isTrue();
            assertThat(frames)
                    .as("everything that was taken is in the file")
                    .isGreaterThanOrEqualTo(ServeProcess.stream(last, 0, "output 0")
                            .get("frames")
                            .getAsInt());
        }
    }

    private Path wav(Ending ending) {
        return folder.resolve(ending.signal + ".wav");
    }
}
