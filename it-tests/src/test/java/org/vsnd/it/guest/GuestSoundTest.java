// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.cli.boot.GuestAnswer;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/**
 * Sound of a real guest through two cards of one process: one on the root complex that plays into a WAV file and records
 * from another, and one behind a root port without host audio.
 */
@Tag("guest")
class GuestSoundTest {
    private static final String BEHIND_PORT = "0000:01:00.0";
    private static final int TARGET_FRAMES = 960;
    private static final int IN_FRAMES = 30 * 48_000;

    @TempDir
    static Path folder;

    private static Path out;
    private static ServeProcess serve;
    private static Guest guest;

    @BeforeAll
    static void boot() throws Exception {
        GuestBed bed = GuestBed.get();
        out = folder.resolve("out.wav");
        Path in = folder.resolve("in.wav");
        Files.write(in, FramePattern.wav(SoundFormat.S16_STEREO_48K, IN_FRAMES));
        Path first = folder.resolve("a");
        Path second = folder.resolve("b");
        serve = ServeProcess.start(
                folder,
                "--socket",
                first.toString(),
                "--backend",
                "wav:" + out + ",in=" + in,
                "--socket",
                second.toString(),
                "--backend",
                "null");
        guest = GuestBed.boot(bed.machine(folder)
                .arguments(
                        "-device",
                        GuestBed.card("first", first, "pcie.0", Guest.ON_ROOT_SLOT)
                                .toString())
                .arguments("-device", "pcie-root-port,id=rp0,chassis=1,slot=1")
                .arguments(
                        "-device", GuestBed.card("second", second, "rp0", "0").toString()));
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

    static Stream<SoundFormat> formats() {
        return GuestBed.FORMATS.stream();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatAplayPlaysArrivesSampleBySample(SoundFormat format) throws Exception {
        undisturbed(4096, () -> {
            HostRecording recording = HostRecording.from(out, format);
            long xruns = xruns(0);

            guest.play(Guest.ON_ROOT, "/" + format.fileName());

            recording.assertExactly(GuestBed.SHORT_FRAMES, 1024);
            assertThat(xruns(0)).isEqualTo(xruns);
        });
    }

    @Test
    void arecordGetsTheFilesSamples() throws Exception {
        int frames = 2 * 48_000;

        GuestAnswer recorded = guest.attempt("arecord -q -D hw:" + guest.card(Guest.ON_ROOT)
                + ",0 -t raw -f S16_LE -c 2 -r 48000 -s " + frames + " /tmp/recorded >/tmp/complaints 2>&1"
                + " && cat /tmp/recorded || { cat /tmp/complaints; false; }");

        assertThat(recorded.exitCode()).as(recorded.text()).isZero();
        byte[] expected = FramePattern.frames(SoundFormat.S16_STEREO_48K, frames);
        assertThat(Arrays.mismatch(recorded.output(), expected))
                .as("first wrong byte")
                .isEqualTo(-1);
        assertThat(serve.logged("recording from the file ")).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"1024, 4096", "480, 1920", "220, 880"})
    @DisplayName("both directions at once without an xrun or a lost frame; the driver accepts 64 frames and less")
    void playsAndRecordsAtOnce(int period, int buffer) throws Exception {
        int card = guest.card(Guest.ON_ROOT);
        JsonObject limits = guest.probe("-c " + card + " -P -m").get(0);
        assertThat(limits.get("period_min").getAsInt()).isLessThanOrEqualTo(64);

        undisturbed(buffer, () -> playAndRecord("-c " + card + " -P -C -s 3 -p " + period + " -b " + buffer));
    }

    private static void playAndRecord(String arguments) throws Exception {
        HostRecording recording = HostRecording.from(out, SoundFormat.S16_STEREO_48K);
        long xruns = xruns(0);

        List<JsonObject> streams = guest.probe(arguments);

        System.out.println(arguments + ": " + streams);
        assertThat(streams).hasSize(2);
        for (JsonObject stream : streams) {
            assertThat(stream.has("failed")).as(streams.toString()).isFalse();
            assertThat(stream.get("xruns").getAsLong())
                    .as("guest xruns: " + streams)
                    .isZero();
        }
        JsonObject recorded = streams.get(1);
        for (String fault : List.of("breaks", "silence", "leading_silence")) {
            assertThat(recorded.get(fault).getAsLong())
                    .as(fault + ": " + recorded)
                    .isZero();
        }
        assertThat(xruns(0)).as("device xruns").isEqualTo(xruns);
        recording.assertExactly(streams.get(0).get("frames").getAsInt(), 0);
    }

    @Test
    @DisplayName("delay - (appl_ptr - hw_ptr) is the target latency, less how late the device was")
    void guestSeesTheLatencyTheDeviceReports() throws Exception {
        int card = guest.card(BEHIND_PORT);

        JsonObject played =
                guest.probe("-c " + card + " -P -s 3 -p 480 -b 1920").get(0);

        JsonObject stream = ServeProcess.stream(serve.statistics(), 1, "output 0");
        long maxLateNanos =
                stream.getAsJsonObject("completion_error_ns").get("max").getAsLong();
        long lateFrames = maxLateNanos * 48_000 / 1_000_000_000L + 1;
        System.out.println("latency: " + played + " " + stream);
        assertThat(played.get("reported_latency_max").getAsLong()).isLessThanOrEqualTo(TARGET_FRAMES);
        assertThat(played.get("reported_latency_max").getAsLong()).isGreaterThan(TARGET_FRAMES - 48);
        assertThat(played.get("reported_latency_min").getAsLong()).isGreaterThanOrEqualTo(TARGET_FRAMES - lateFrames);
        assertThat(stream.get("latency_frames").getAsLong())
                .isBetween(TARGET_FRAMES - lateFrames, (long) TARGET_FRAMES);
    }

    @Test
    void twoCardsOfOneProcessPlayInOneGuest() throws Exception {
        undisturbed(4096, GuestSoundTest::playTwoCards);
    }

    private static void playTwoCards() throws Exception {
        HostRecording recording = HostRecording.from(out, SoundFormat.S16_STEREO_48K);
        JsonObject before = serve.statistics();
        String output = guest.run("pcmprobe -c " + guest.card(Guest.ON_ROOT) + " -P -s 3 >/tmp/first & pcmprobe -c "
                + guest.card(BEHIND_PORT) + " -P -C -s 3 >/tmp/second; wait; cat /tmp/first /tmp/second");

        List<JsonObject> streams = Guest.parse(output);
        System.out.println("two cards: " + streams);
        assertThat(streams).hasSize(3);
        for (JsonObject stream : streams) {
            assertThat(stream.get("xruns").getAsLong()).as(streams.toString()).isZero();
            assertThat(stream.has("failed")).as(streams.toString()).isFalse();
        }
        int frames = streams.get(0).get("frames").getAsInt();
        recording.assertExactly(frames, 0);
        JsonObject after = serve.statistics();
        for (int device = 0; device < 2; device++) {
            assertThat(frames(after, device) - frames(before, device))
                    .as("frames of device " + device)
                    .isEqualTo(frames);
        }
    }

    /** A check that can only succeed if nobody waits for a processor for as long as so many frames take. */
    private static void undisturbed(int frames, Undisturbed.Check check) throws Exception {
        long limitNanos = frames * 1_000_000_000L / 48_000 * 3 / 4;
        Undisturbed.check(
                limitNanos,
                List.of(
                        serve.pid(),
                        guest.linux().pid(),
                        ProcessHandle.current().pid()),
                check);
    }

    private static long frames(JsonObject statistics, int device) {
        return ServeProcess.stream(statistics, device, "output 0").get("frames").getAsLong();
    }

    private static long xruns(int device) throws Exception {
        JsonObject now = serve.statistics();
        return ServeProcess.stream(now, device, "output 0").get("xruns").getAsLong()
                + ServeProcess.stream(now, device, "input 0").get("xruns").getAsLong();
    }

    @Test
    void nothingIsWrongInTheKernelsLog() throws Exception {
        String complaints = guest.run("dmesg | grep -iE 'virtio_snd|virtio-snd|irq .*nobody|call trace' || true");

        assertThat(complaints).isEmpty();
    }
}
