// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.GuestAnswer;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/** Linux over packed rings, with whatever else it takes of the card's optional features. */
@Tag("guest")
class GuestPackedRingsTest {
    private static final int RING_PACKED = 34;

    @TempDir
    Path folder;

    @Test
    @Tag("VQ-20")
    @Tag("VQ-27")
    @DisplayName("Linux takes packed rings, and plays and records over them sample by sample")
    void playsAndRecords() throws Exception {
        Path socket = folder.resolve("a");
        Path out = folder.resolve("out.wav");
        Path in = folder.resolve("in.wav");
        int frames = 48_000;
        Files.write(in, FramePattern.wav(SoundFormat.S16_STEREO_48K, 2 * frames));
        try (ServeProcess serve = ServeProcess.start(
                        folder,
                        "--socket",
                        socket.toString(),
                        "--backend",
                        "wav:" + out + ",in=" + in,
                        "--set",
                        "virtio=packed,in-order,notification-data,suspend");
                Guest guest = GuestBed.boot(GuestBed.get()
                        .machine(folder)
                        .arguments(
                                "-device",
                                GuestBed.card("sound", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                        .toString()))) {
            String features = guest.run("cat /sys/bus/pci/devices/" + Guest.ON_ROOT + "/virtio*/features")
                    .strip();
            System.out.println("features of the guest: " + features);
            assertThat(features.charAt(RING_PACKED)).isEqualTo('1');
            for (SoundFormat format : GuestBed.FORMATS) {
                // a long buffer: Linux gives up (EIO) when no period ends for a tenth longer than the buffer, at least
                // 100 ms
                Undisturbed.check(60_000_000, List.of(serve.pid(), guest.linux().pid()), () -> {
                    HostRecording recording = HostRecording.from(out, format);
                    guest.run("aplay -q -D hw:" + guest.card(Guest.ON_ROOT) + ",0 --period-size=1024"
                            + " --buffer-size=16384 /" + format.fileName());
                    recording.assertExactly(GuestBed.SHORT_FRAMES, 1024);
                });
            }
            GuestAnswer recorded = guest.attempt("arecord -q -D hw:" + guest.card(Guest.ON_ROOT)
                    + ",0 -t raw -f S16_LE -c 2 -r 48000 -s " + frames + " /tmp/r >/tmp/complaints 2>&1"
                    + " && cat /tmp/r || { cat /tmp/complaints; false; }");
            assertThat(recorded.exitCode()).as(recorded.text()).isZero();
            assertThat(Arrays.mismatch(recorded.output(), FramePattern.frames(SoundFormat.S16_STEREO_48K, frames)))
                    .as("first wrong byte")
                    .isEqualTo(-1);
        }
    }
}
