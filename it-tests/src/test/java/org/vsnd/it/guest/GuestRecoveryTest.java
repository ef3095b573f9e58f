// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.it.server.Census;
import org.vsnd.measure.sound.SoundFormat;

/**
 * Whatever happens to a guest while it plays: afterwards it plays sample by sample again, with the latency it had before,
 * and the server holds no more than before.
 */
@Tag("guest")
class GuestRecoveryTest {
    private static final int TARGET_FRAMES = 960;
    private static final int STOP_SECONDS = 5;
    private static final String DRIVER = "/sys/bus/pci/drivers/virtio-pci/";

    @TempDir
    static Path folder;

    private static Path out;
    private static Path socket;
    private static ServeProcess serve;
    private static Census withoutClient;
    private static Census withClient;
    private static Guest guest;
    private boolean well;

    @BeforeAll
    static void serve() throws Exception {
        out = folder.resolve("out.wav");
        socket = folder.resolve("s");
        serve = ServeProcess.start(folder, "--socket", socket.toString(), "--backend", "wav:" + out);
        withoutClient = serve.census();
    }

    @AfterAll
    static void end() {
        if (guest != null) {
            guest.close();
        }
        if (serve != null) {
            serve.close();
        }
    }

    @BeforeEach
    void bootUnlessOneRuns() throws Exception {
        if (guest == null) {
            guest = boot();
            plays();
            withClient = serve.census();
        }
    }

    @AfterEach
    void comparesWhatTheServerHolds() throws Exception {
        if (well) {
            assertThat(serve.census()).isEqualTo(withClient);
        } else if (guest != null) {
            guest.close(); // the next test begins with a new one
            guest = null;
        }
    }

    private static Guest boot() throws Exception {
        return GuestBed.boot(GuestBed.get()
                .machine(folder)
                .arguments(
                        "-device",
                        GuestBed.card("sound", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                .toString()));
    }

    /** A whole file, and nothing but it. */
    private static void plays() throws Exception {
        SoundFormat format = SoundFormat.S16_STEREO_48K;
        Undisturbed.check(60_000_000, List.of(serve.pid(), guest.linux().pid()), () -> {
            HostRecording recording = HostRecording.from(out, format);
            guest.play(Guest.ON_ROOT, "/" + format.fileName());
            recording.assertExactly(GuestBed.SHORT_FRAMES, 1024);
        });
        assertThat(serve.isAlive()).isTrue();
        assertThat(serve.logged("please report")).as(serve.log()).isZero();
    }

    @Test
    void driverIsUnloadedAndLoadedAgain() throws Exception {
        HostRecording recording = HostRecording.from(out, SoundFormat.S16_STEREO_48K);
        guest.startPlaying(Guest.ON_ROOT);
        assertThat(guest.attempt("rmmod virtio_snd").exitCode())
                .as("the driver is in use")
                .isNotZero();

        guest.run(Guest.END_PLAYERS + "; rmmod virtio_snd");
        guest.loadDriver();

        assertThat(recording.assertBeginning()).isPositive();
        plays();
        well = true;
    }

    @Test
    void cardIsUnboundWhilePlayingAndBoundAgain() throws Exception {
        guest.startPlaying(Guest.ON_ROOT);

        guest.run("echo " + Guest.ON_ROOT + " >" + DRIVER + "unbind; " + Guest.END_PLAYERS);
        guest.run("echo " + Guest.ON_ROOT + " >" + DRIVER + "bind");

        plays();
        well = true;
    }

    @Test
    void functionIsResetWhilePlaying() throws Exception {
        String device = "/sys/bus/pci/devices/" + Guest.ON_ROOT;
        assertThat(guest.run("cat " + device + "/reset_method")).contains("flr");
        guest.run("echo flr >" + device + "/reset_method");
        guest.startPlaying(Guest.ON_ROOT);

        guest.run("echo 1 >" + device + "/reset");
        JsonObject stream = ServeProcess.stream(serve.statistics(), 0, "output 0");
        assertThat(stream.get("state").getAsString())
                .as("the device has been reset")
                .isEqualTo("INITIAL");
        guest.run(Guest.END_PLAYERS + "; echo " + Guest.ON_ROOT + " >" + DRIVER + "unbind; echo " + Guest.ON_ROOT + " >"
                + DRIVER + "bind");

        plays();
        well = true;
    }

    @Test
    void guestRebootsWhilePlaying() throws Exception {
        guest.startPlaying(Guest.ON_ROOT);

        guest.run("(sleep 1; reboot -f) >/dev/null 2>&1 &");
        guest.awaitRestart();

        plays();
        well = true;
    }

    @Test
    void machineIsResetWhilePlaying() throws Exception {
        guest.startPlaying(Guest.ON_ROOT);

        guest.linux().qmp("system_reset");
        guest.awaitRestart();

        plays();
        well = true;
    }

    @Test
    void machineStandsStillForSecondsWhilePlaying() throws Exception {
        int card = guest.card(Guest.ON_ROOT);
        HostRecording recording = HostRecording.from(out, SoundFormat.S16_STEREO_48K);
        guest.run("pcmprobe -P -C -s 7 -c " + card + " >/tmp/probe 2>&1 & sleep 1");
        long latencyBefore = guest.reportedLatencyFrames(card);

        guest.linux().qmp("stop");
        Thread.sleep(Duration.ofSeconds(STOP_SECONDS).toMillis());
        guest.linux().qmp("cont");

        guest.run("sleep 1");
        long latencyAfter = guest.reportedLatencyFrames(card);
        JsonObject first = serve.statistics();
        JsonObject second = serve.statistics();
        String output = guest.run("while pidof pcmprobe >/dev/null; do usleep 20000; done; cat /tmp/probe");
        List<JsonObject> streams = Guest.parse(output);
        JsonObject probe = streams.get(0);
        System.out.println("stop+cont: latency " + latencyBefore + " then " + latencyAfter + " " + streams + " "
                + serve.statistics());
        for (JsonObject stream : streams) {
            assertThat(stream.has("failed")).as(stream.toString()).isFalse();
        }
        assertThat(latencyBefore).isBetween(TARGET_FRAMES - 96L, (long) TARGET_FRAMES);
        assertThat(latencyAfter).isBetween(TARGET_FRAMES - 96L, (long) TARGET_FRAMES);
        assertThat(frames(second) - frames(first))
                .as("frames at the clock's pace")
                .isCloseTo(expectedFrames(first, second), org.assertj.core.data.Offset.offset(2 * 1024L));
        assertThat(probe.get("xruns").getAsLong())
                .as("the pause is the only under-run")
                .isLessThanOrEqualTo(1);
        int silence = recording.assertAllButSilence(probe.get("frames").getAsInt());
        assertThat(silence).as("silence for the pause, at most a second").isLessThanOrEqualTo(48_000 + 1024);
        plays();
        well = true;
    }

    private static long frames(JsonObject statistics) {
        return ServeProcess.stream(statistics, 0, "output 0").get("frames").getAsLong();
    }

    private static long expectedFrames(JsonObject first, JsonObject second) {
        long nanos =
                second.get("uptime_ns").getAsLong() - first.get("uptime_ns").getAsLong();
        return nanos * 48_000 / 1_000_000_000L;
    }

    @Test
    void machineIsKilledWhilePlayingAndAnotherOneComes() throws Exception {
        guest.startPlaying(Guest.ON_ROOT);
        long dropped = serve.logged("client dropped");

        guest.linux().kill();
        serve.awaitLogged("client dropped", dropped + 1);
        Waiting.until(
                Duration.ofSeconds(10),
                () -> serve.census().equals(withoutClient),
                () -> "what a server without a client holds: " + withoutClient);
        guest.close();
        guest = boot();

        plays();
        well = true;
    }
}
