// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

/** A real guest chooses between two sources of a PulseAudio, which give a tone each: what it records says which one it has. */
@Tag("guest")
class HostSourcesTest {
    private static final String LOW = "low";
    private static final String HIGH = "high";
    private static final int LOW_HZ = 300;
    private static final int HIGH_HZ = 1500;
    private static final int RATE_HZ = 8000;

    @Test
    @Tag("SND-94")
    @Tag("SND-96")
    @Tag("SND-98")
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("what the guest chooses it records, and a move at the host it is told of")
    void areChosenAndMoved(@TempDir Path folder) throws Exception {
        Path socket = folder.resolve("card");
        try (PulseServer server = PulseServer.builder(folder.resolve("pulse"))
                .nullSink(LOW)
                .nullSink(HIGH)
                .start()) {
            server.pactl().run("load-module", "module-sine", "sink=" + LOW, "frequency=" + LOW_HZ);
            server.pactl().run("load-module", "module-sine", "sink=" + HIGH, "frequency=" + HIGH_HZ);
            try (ServeProcess serve = ServeProcess.start(
                            folder,
                            server.environment(),
                            "--socket",
                            socket.toString(),
                            "--backend",
                            "pulse",
                            "--set",
                            "sources=Mic=" + LOW + ".monitor,Line In=" + HIGH + ".monitor,Gone=nowhere");
                    Guest guest = boot(folder, socket)) {
                assertThat(guest.run("amixer contents"))
                        .contains("iface=MIXER,name='Capture Source'")
                        .containsPattern("type=ENUMERATED,access=rw------,values=1,items=3\\n"
                                + "  ; Item #0 'Mic'\\n  ; Item #1 'Line In'\\n  ; Item #2 'Gone'\\n  : values=0");
                guest.run("arecord -q -D hw:0,0 -t raw -f S16_LE -c 2 -r " + RATE_HZ + " >/tmp/recorded 2>/tmp/said &"
                        + " until test -s /tmp/recorded; do usleep 20000; done");
                awaitTone(guest, LOW_HZ);
                guest.run("amixer -q cset name='Capture Source' 'Line In'");
                awaitTone(guest, HIGH_HZ);

                GuestEvents events = GuestEvents.watch(guest);
                server.pactl().run("move-source-output", stream(server), LOW + ".monitor");
                events.await("Capture Source");
                assertThat(guest.run("amixer cget name='Capture Source'")).contains(": values=0");
                awaitTone(guest, LOW_HZ);
                guest.run("amixer -q sset 'Line In' cap");
                awaitTone(guest, HIGH_HZ);
                guest.run("amixer -q sset Gone cap");
                Waiting.until(
                        Duration.ofSeconds(10),
                        () -> guest.run("amixer cget name='Capture Source'").contains(": values=1"),
                        () -> "the choice before");
                awaitTone(guest, HIGH_HZ);
                assertThat(guest.run("cat /tmp/said")).isEmpty();
                assertThat(serve.logged("cannot be recorded from nowhere")).isPositive();
                events.end();
            }
        }
    }

    private static String stream(PulseServer server) throws Exception {
        List<JsonObject> outputs = server.pactl().list("source-outputs");
        assertThat(outputs).hasSize(1);
        return outputs.get(0).get("index").getAsString();
    }

    private static void awaitTone(Guest guest, int hz) throws Exception {
        Waiting.until(Duration.ofSeconds(20), () -> Math.abs(tone(guest) - hz) <= 50, () -> "a tone of " + hz + " Hz");
    }

    /** The tone of the last tenth of a second. */
    private static int tone(Guest guest) throws Exception {
        int bytes = RATE_HZ / 10 * 4;
        String last = "dd if=/tmp/recorded bs=4 count=" + bytes / 4 + " skip=$(($(stat -c %s /tmp/recorded) / 4 - "
                + bytes / 4 + ")) 2>/dev/null";
        ByteBuffer frames = ByteBuffer.wrap(guest.attempt(last).output()).order(ByteOrder.LITTLE_ENDIAN);
        int crossings = 0;
        for (int at = 4; at + 4 <= frames.limit(); at += 4) {
            crossings += frames.getShort(at - 4) < 0 && frames.getShort(at) >= 0 ? 1 : 0;
        }
        return crossings * 10;
    }

    private static Guest boot(Path folder, Path socket) throws BootException, IOException {
        CacheFolder cache = CacheFolder.standard(System.getenv());
        Qemu qemu = AttachingQemu.choose(new AttachingQemu.Wish(null, Front.VFIO_USER), cache, System.err::println)
                .qemu();
        GuestParts parts = GuestParts.obtain(cache, System.err::println);
        Path initramfs = folder.resolve("initramfs");
        new Initramfs(parts)
                .tree(AlsaTools.obtain(cache, parts, System.err::println).root())
                .write(initramfs);
        return GuestBed.boot(LinuxGuest.builder(qemu, parts, initramfs, folder)
                .arguments(
                        "-device",
                        GuestBed.card("card", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                .toString()));
    }
}
