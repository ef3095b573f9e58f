// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.AttachingQemu;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Initramfs;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.serve.Front;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/** A real guest's mixer and the host's, which are one with {@code volume=host}. */
@Tag("guest")
class HostVolumeTest {
    private static final String SINK = "speaker";
    private static final String SOUND = "long.wav";
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    @Test
    @Tag("SND-98")
    @Tag("SND-102")
    @DisplayName("what one of them is set to, the other shows")
    void areOne(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("card");
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                        .nullSink(SINK)
                        .start();
                ServeProcess serve = ServeProcess.start(
                        folder,
                        server.environment(),
                        "--socket",
                        socket.toString(),
                        "--backend",
                        "pulse:" + SINK,
                        "--set",
                        "volume=host");
                Guest guest = boot(folder, socket)) {
            assertThat(serve.pid()).isPositive();
            guest.run("amixer -q sset Master 80,100");
            guest.run("aplay -q -D hw:0,0 /" + SOUND + " >/dev/null 2>&1 &");
            await(
                    server,
                    input -> volume(input, "front-left") == decibels(-20)
                            && volume(input, "front-right") == decibels(-10)
                            && !input.get("mute").getAsBoolean());
            guest.run("amixer -q sset Master mute");
            String index =
                    String.valueOf(await(server, input -> input.get("mute").getAsBoolean())
                            .get("index")
                            .getAsInt());

            GuestEvents events = GuestEvents.watch(guest);
            server.pactl().run("set-sink-input-mute", index, "0");
            events.await("Master Playback Switch");
            server.pactl().run("set-sink-input-volume", index, "-6dB", "-30dB"); // by so much
            events.await("Master Playback Volume");
            events.end();
            assertThat(guest.run("amixer sget Master"))
                    .contains("Front Left: Playback 68 [57%] [-26.00dB] [on]")
                    .contains("Front Right: Playback 40 [33%] [-40.00dB] [on]");
        }
    }

    private static JsonObject await(PulseServer server, Predicate<JsonObject> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            List<JsonObject> inputs = server.pactl().list("sink-inputs");
            if (inputs.size() == 1 && condition.test(inputs.get(0))) {
                return inputs.get(0);
            }
            assertThat(System.nanoTime()).as("%s", inputs).isLessThan(deadline);
            Thread.sleep(100);
        }
    }

    private static int volume(JsonObject input, String channel) {
        return input.getAsJsonObject("volume")
                .getAsJsonObject(channel)
                .get("value")
                .getAsInt();
    }

    /** PulseAudio's number for it. */
    private static int decibels(double decibels) {
        return (int) Math.rint(Math.cbrt(Math.pow(10, decibels / 20)) * 0x10000);
    }

    private static Guest boot(Path folder, Path socket) throws BootException, java.io.IOException {
        CacheFolder cache = CacheFolder.standard(System.getenv());
        Qemu qemu = AttachingQemu.choose(new AttachingQemu.Wish(null, Front.VFIO_USER), cache, System.err::println)
                .qemu();
        GuestParts parts = GuestParts.obtain(cache, System.err::println);
        Path initramfs = folder.resolve("initramfs");
        Initramfs contents = new Initramfs(parts)
                .tree(AlsaTools.obtain(cache, parts, System.err::println).root());
        contents.file(SOUND, FramePattern.wav(SoundFormat.S16_STEREO_48K, 120 * 48_000));
        contents.write(initramfs);
        return GuestBed.boot(LinuxGuest.builder(qemu, parts, initramfs, folder)
                .arguments(
                        "-device",
                        GuestBed.card("card", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                .toString()));
    }
}
