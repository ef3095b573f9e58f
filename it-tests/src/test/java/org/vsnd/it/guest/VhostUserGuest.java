// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestAnswer;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.serve.Front;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/**
 * Sound of a real guest over vhost-user, in the QEMU of a subclass: through a card that plays into a WAV file and records
 * from another. If that QEMU can, the guest has a second card of the same process, over vfio-user.
 */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VhostUserGuest {
    private static final String VFIO_USER = "0000:00:11.0";
    private static final String VFIO_USER_SLOT = "0x11";
    private static final int IN_FRAMES = 30 * 48_000;

    /** As long as the driver allows: what is tested here is the protocol, not how busy the machine may be. */
    private static final int PERIOD_FRAMES = 3840;

    private static final int BUFFER_FRAMES = 4 * PERIOD_FRAMES;
    private static final String PROBE = "pcmprobe -p " + PERIOD_FRAMES + " -b " + BUFFER_FRAMES + " ";

    private static final int RING_PACKED = 34;

    private final Qemu qemu;
    private final boolean both;
    private final boolean packed;
    private Path folder;
    private Path out;
    private Path socket;
    private Path other;
    private ServeProcess serve;
    private Guest guest;

    VhostUserGuest(Qemu qemu) {
        this(qemu, false);
    }

    /** @param packed the card over vhost-user offers packed rings, and what else may be offered there */
    VhostUserGuest(Qemu qemu, boolean packed) {
        this.qemu = qemu;
        this.packed = packed;
        this.both = qemu.fronts().contains(Front.VFIO_USER);
    }

    static CacheFolder cache() {
        return CacheFolder.standard(System.getenv());
    }

    @BeforeAll
    void serveAndBoot(@TempDir Path shared) throws Exception {
        folder = shared;
        out = folder.resolve("out.wav");
        socket = folder.resolve("vhost");
        other = folder.resolve("vfio");
        Path in = folder.resolve("in.wav");
        Files.write(in, FramePattern.wav(SoundFormat.S16_STEREO_48K, IN_FRAMES));
        List<String> arguments =
                new ArrayList<>(List.of("--vhost-user", socket.toString(), "--backend", "wav:" + out + ",in=" + in));
        if (packed) {
            arguments.addAll(List.of("--set", "virtio=packed,in-order,notification-data"));
        }
        if (both) {
            arguments.addAll(List.of("--socket", other.toString(), "--backend", "null"));
        }
        serve = ServeProcess.start(folder, arguments.toArray(String[]::new));
        boot();
    }

    private void boot() throws Exception {
        LinuxGuest.Builder machine = GuestBed.get()
                .machine(qemu, folder)
                .arguments(GuestBed.vhostCard("vhost", socket, "pcie.0", Guest.ON_ROOT_SLOT));
        if (both) {
            machine.arguments(
                    "-device",
                    GuestBed.card("vfio", other, "pcie.0", VFIO_USER_SLOT).toString());
        }
        guest = GuestBed.boot(machine);
        String features = guest.run("cat /sys/bus/pci/devices/" + Guest.ON_ROOT + "/virtio*/features")
                .strip();
        System.out.println(qemu.origin() + ": features of the guest: " + features);
        assertThat(features.charAt(RING_PACKED)).isEqualTo(packed ? '1' : '0');
    }

    @AfterAll
    void end() {
        if (guest != null) {
            guest.close();
        }
        if (serve != null) {
            serve.close();
        }
    }

    @Test
    void whatAplayPlaysArrivesSampleBySample() throws Exception {
        for (SoundFormat format : GuestBed.FORMATS) {
            plays(format);
        }
    }

    private void plays(SoundFormat format) throws Exception {
        undisturbed(() -> {
            HostRecording recording = HostRecording.from(out, format);
            guest.run("aplay -q -D hw:" + guest.card(Guest.ON_ROOT) + ",0 --period-size=" + PERIOD_FRAMES
                    + " --buffer-size=" + BUFFER_FRAMES + " /" + format.fileName());

            recording.assertExactly(GuestBed.SHORT_FRAMES, PERIOD_FRAMES);
        });
    }

    @Test
    void arecordGetsTheFilesSamples() throws Exception {
        int frames = 48_000;

        GuestAnswer recorded = guest.attempt("arecord -q -D hw:" + guest.card(Guest.ON_ROOT)
                + ",0 -t raw -f S16_LE -c 2 -r 48000 -s " + frames + " /tmp/recorded >/tmp/complaints 2>&1"
                + " && cat /tmp/recorded || { cat /tmp/complaints; false; }");

        assertThat(recorded.exitCode()).as(recorded.text()).isZero();
        assertThat(Arrays.mismatch(recorded.output(), FramePattern.frames(SoundFormat.S16_STEREO_48K, frames)))
                .as("first wrong byte")
                .isEqualTo(-1);
    }

    @Test
    @DisplayName(
            "both directions at once without an xrun or a lost frame, also through a card over vfio-user beside it")
    void playsAndRecordsAtOnce() throws Exception {
        undisturbed(() -> {
            HostRecording recording = HostRecording.from(out, SoundFormat.S16_STEREO_48K);
            String second = both ? PROBE + "-P -C -s 3 -c " + guest.card(VFIO_USER) : "true";
            String output = guest.run(PROBE + "-P -C -s 3 -c " + guest.card(Guest.ON_ROOT) + " >/tmp/first & " + second
                    + " >/tmp/second; wait; cat /tmp/first /tmp/second");

            List<JsonObject> streams = Guest.parse(output);
            System.out.println(qemu.origin() + ": " + streams);
            assertThat(streams).hasSize(both ? 4 : 2);
            for (JsonObject stream : streams) {
                assertThat(stream.has("failed")).as(stream.toString()).isFalse();
                assertThat(stream.get("xruns").getAsLong())
                        .as(stream.toString())
                        .isZero();
            }
            for (String fault : List.of("breaks", "silence", "leading_silence")) {
                assertThat(streams.get(1).get(fault).getAsLong())
                        .as(fault + ": " + streams)
                        .isZero();
            }
            recording.assertExactly(streams.get(0).get("frames").getAsInt(), 0);
        });
    }

    @Test
    void driverIsUnboundWhilePlayingAndBoundAgain() throws Exception {
        String driver = "/sys/bus/pci/drivers/virtio-pci/";
        guest.startPlaying(Guest.ON_ROOT);

        guest.run("echo " + Guest.ON_ROOT + " >" + driver + "unbind; " + Guest.END_PLAYERS);
        guest.run("echo " + Guest.ON_ROOT + " >" + driver + "bind");

        plays(SoundFormat.S16_STEREO_48K);
    }

    @Test
    @DisplayName("stop and cont in the middle of periods: nothing is heard twice, nothing is lost")
    void machineStandsStillWhilePlaying() throws Exception {
        HostRecording recording = HostRecording.from(out, SoundFormat.S16_STEREO_48K);
        guest.run(PROBE + "-P -s 4 -c " + guest.card(Guest.ON_ROOT) + " >/tmp/probe 2>&1 & sleep 1");

        for (int millis : new int[] {500, 30, 1500}) {
            guest.linux().qmp("stop");
            Thread.sleep(millis);
            guest.linux().qmp("cont");
            Thread.sleep(PERIOD_FRAMES * 1000L / 48_000 + millis % 70);
        }

        JsonObject stream = Guest.parse(
                        guest.run("while pidof pcmprobe >/dev/null; do usleep 20000; done; cat /tmp/probe"))
                .get(0);
        assertThat(stream.has("failed")).as(stream.toString()).isFalse();
        assertThat(stream.get("xruns").getAsLong()).as(stream.toString()).isZero();
        recording.assertAllButSilence(stream.get("frames").getAsInt());
        plays(SoundFormat.S16_STEREO_48K);
    }

    @Test
    void machineIsKilledWhilePlayingAndAnotherOneComes() throws Exception {
        guest.startPlaying(Guest.ON_ROOT);
        long dropped = serve.logged("client dropped");

        guest.linux().kill();
        serve.awaitLogged("client dropped", dropped + (both ? 2 : 1));
        guest.close();
        boot();

        plays(SoundFormat.S16_STEREO_48K);
        assertThat(serve.logged("please report")).as(serve.log()).isZero();
        assertThat(guest.run("dmesg | grep -iE 'virtio_snd|virtio-snd|irq .*nobody|call trace' || true"))
                .as("what the guest's kernel complains about")
                .isEmpty();
    }

    /** A check that can only succeed if nobody waits for a processor for as long as the buffer takes. */
    private void undisturbed(Undisturbed.Check check) throws Exception {
        long limitNanos = BUFFER_FRAMES * 1_000_000_000L / 48_000 / 2;
        Undisturbed.check(
                limitNanos,
                List.of(
                        serve.pid(),
                        guest.linux().pid(),
                        ProcessHandle.current().pid()),
                check);
    }
}
