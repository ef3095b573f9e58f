// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.cli.boot.AttachingQemu;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestAnswer;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Initramfs;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.serve.Front;
import org.vsnd.it.server.PulseServer;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A card with all that the specification offers, examined by the tools of a real guest with the kernel of a subclass: by the
 * kernel's own tests, and by those of alsa-utils. A second card of the same kind, with INTx only, plays into a PulseAudio
 * and records what that plays.
 */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LinuxCardGuest {
    /** Each has a stream in either direction. */
    private static final int DEVICES = 2;

    private static final Duration KSELFTEST_LIMIT = Duration.ofMinutes(3);
    private static final String HEARD = "0000:00:11.0";
    private static final String HEARD_SLOT = "0x11";
    private static final String SINK = "speaker";
    private static final int FRAMES = 24_001;

    /** What speaker-test plays on one channel after the other: whole periods. */
    private static final String TURN_WAV = "turn.wav";

    private static final SoundFormat TURN = new SoundFormat("S16_LE", 1, 2, 48_000, 1);
    private static final int TURN_FRAMES = 9600;
    private static final SoundFormat SURROUND = new SoundFormat("S16_LE", 0xfffe, 2, 48_000, 8);

    /** The speakers of a WAV file with eight channels, as speaker-test calls them. */
    private static final List<String> FILE_ORDER = List.of(
            "Front Left", "Front Right", "Center", "LFE", "Rear Left", "Rear Right", "Side Left", "Side Right");

    /** Long: what is tested here is what the card does, not how busy the machine may be. */
    private static final int PERIOD_FRAMES = 2048;

    private static final String APLAY =
            "aplay -q -D hw:0,0 --period-size=" + PERIOD_FRAMES + " --buffer-size=" + 4 * PERIOD_FRAMES + " ";

    private static final long STALL_NANOS = 40_000_000;

    private final Kernel kernel;
    private String release = "";
    private Path folder;
    private Path out;
    private ServeProcess serve;
    private PulseServer server;
    private Guest guest;

    LinuxCardGuest(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Says which kernel to boot. */
    @FunctionalInterface
    interface Kernel {
        /** @param debian Debian 13's own, with all that a guest needs */
        GuestParts in(CacheFolder cache, GuestParts debian) throws BootException;
    }

    @BeforeAll
    void serveAndBoot(@TempDir Path shared) throws Exception {
        folder = shared;
        out = folder.resolve("out.wav");
        server = PulseServer.builder(folder.resolve("pulse")).nullSink(SINK).start();
        Path card = folder.resolve("card");
        Path heard = folder.resolve("heard");
        serve = ServeProcess.start(
                folder,
                server.environment(),
                "--socket",
                card.toString(),
                "--backend",
                "wav:" + out,
                "--set",
                "outputs=2",
                "--set",
                "inputs=2",
                "--set",
                "channels=1-8",
                "--set",
                "rates=8000,44100,48000,96000",
                "--socket",
                heard.toString(),
                "--backend",
                "pulse:" + SINK + "," + SINK + ".monitor",
                "--set",
                "msix=0");
        guest = GuestBed.boot(machine()
                .arguments(
                        "-device",
                        GuestBed.card("card", card, "pcie.0", Guest.ON_ROOT_SLOT)
                                .toString())
                .arguments(
                        "-device",
                        GuestBed.card("heard", heard, "pcie.0", HEARD_SLOT).toString()));
    }

    private LinuxGuest.Builder machine() throws Exception {
        CacheFolder cache = CacheFolder.standard(System.getenv());
        Qemu qemu = AttachingQemu.choose(new AttachingQemu.Wish(null, Front.VFIO_USER), cache, System.err::println)
                .qemu();
        GuestParts debian = GuestParts.obtain(cache, System.err::println);
        GuestParts parts = kernel.in(cache, debian);
        release = parts.release();
        AlsaTools tools = AlsaTools.obtain(cache, debian, System.err::println);
        Path initramfs = folder.resolve("initramfs");
        Initramfs contents = new Initramfs(parts).tree(tools.root());
        contents.file(TURN_WAV, FramePattern.wav(TURN, TURN_FRAMES));
        for (SoundFormat format : GuestBed.FORMATS) {
            contents.file(format.fileName(), FramePattern.wav(format, FRAMES));
        }
        for (int device = 0; device < DEVICES; device++) {
            PcmTest.configure(contents, tools, device, DEVICES);
        }
        contents.write(initramfs);
        return LinuxGuest.builder(qemu, parts, initramfs, folder);
    }

    @AfterAll
    void end() {
        if (guest != null) {
            guest.close();
        }
        if (serve != null) {
            serve.close();
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    void everyStreamIsListed() throws Exception {
        assertThat(guest.run("cat /proc/asound/pcm").lines())
                .contains(
                        "00-00: virtio-snd : VirtIO PCM 0 : playback 1 : capture 1",
                        "00-01: virtio-snd : VirtIO PCM 1 : playback 1 : capture 1");
        for (String program : List.of("aplay", "arecord")) {
            assertThat(guest.run(program + " -l"))
                    .contains("card 0: SoundCard [VirtIO SoundCard], device 0", "card 0: SoundCard [VirtIO SoundCard], device 1");
        }
    }

    @Test
    void whatAplayPlaysArrivesSampleBySample() throws Exception {
        for (SoundFormat format : GuestBed.FORMATS) {
            undisturbed(() -> {
                HostRecording recording = HostRecording.from(out, format);
                guest.run(APLAY + "/" + format.fileName());
                recording.assertExactly(FRAMES, PERIOD_FRAMES);
            });
        }
    }

    @Test
    void mixerTestOfTheKernelPasses() throws Exception {
        assertPassed("mixer-test", guest.run(AlsaTools.KSELFTEST + "/mixer-test"));
    }

    @Test
    void pcmTestOfTheKernelPassesOnEveryStream() throws Exception {
        undisturbed(() -> {
            guest.linux()
                    .runSuccessfully(
                            "for device in 0 1; do (" + PcmTest.command("$device") + " >/tmp/device$device) & done; wait",
                            KSELFTEST_LIMIT);
            for (int device = 0; device < DEVICES; device++) {
                assertPassed("pcm-test", guest.run("cat /tmp/device" + device));
            }
        });
    }

    private void assertPassed(String name, String output) {
        Kselftest result = new Kselftest(output);
        System.out.println(release + " " + name + ": " + result.summary());
        assertThat(result.failed()).as(result.output()).isEmpty();
        assertThat(result.isComplete()).as(result.output()).isTrue();
    }

    @Test
    @DisplayName("each of eight speakers that speaker-test names sounds on its channel of the host's file, and on no other")
    void eachOfEightSpeakersSoundsInItsPlace() throws Exception {
        undisturbed(() -> {
            HostRecording recording = HostRecording.from(out, SURROUND);
            String said = guest.run("speaker-test -D hw:0,0 -c 8 -r 48000 -F S16_LE -t wav -w /" + TURN_WAV
                    + " -l 1 -p 20000 -b 160000");

            List<String> speakers = ChannelTurns.announced(said);
            List<Integer> places = speakers.stream().map(FILE_ORDER::indexOf).toList();
            System.out.println(release + " speaker-test: " + speakers + " on " + places);
            assertThat(speakers).as(said).hasSize(8).doesNotHaveDuplicates();
            byte[] heard = recording.await(frames -> ChannelTurns.heard(frames, 8).equals(places));
            assertThat(ChannelTurns.heard(heard, 8))
                    .as(heard.length / SURROUND.frameBytes() + " frames; " + said)
                    .isEqualTo(places);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-f dat -F 997:1997", "-f S32_LE -r 44100"})
    void alsabatHearsOnTheMonitorWhatItPlays(String format) throws Exception {
        undisturbed(() -> {
            GuestAnswer answer = guest.attempt("alsabat -D hw:1,0 -c 2 -n 1s " + format);

            System.out.println(release + " alsabat " + format + ": "
                    + answer.text().lines().filter(line -> line.contains("PASS")).count() + " channels pass");
            assertThat(answer.exitCode()).as(answer.text()).isZero();
            assertThat(answer.text().lines().filter(line -> line.contains("PASS: Peak detected at target frequency")))
                    .as(answer.text())
                    .hasSize(2);
        });
    }

    @AfterEach
    void nothingIsWrongInTheKernelsLog() throws Exception {
        assertThat(guest.run("dmesg -c | grep -iE 'virtio_snd|virtio-snd|irq .*nobody|call trace|drain timeout' || true"))
                .as("what the guest's kernel complains about")
                .isEmpty();
    }

    /** A check that can only succeed if nobody waits for a processor for as long as the shortest buffer takes. */
    private void undisturbed(Undisturbed.Check check) throws Exception {
        List<Long> pids = new ArrayList<>(server.pids());
        pids.addAll(List.of(
                serve.pid(), guest.linux().pid(), ProcessHandle.current().pid()));
        Undisturbed.check(STALL_NANOS, pids, check);
    }
}
