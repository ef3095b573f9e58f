// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
 * kernel's own tests, and by those of alsa-utils. A second card of the same kind, with INTx only and the other ring, plays
 * into a PulseAudio and records what that plays.
 */
@Tag("guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LinuxCardGuest {
    /** Each has a stream in either direction. */
    private static final int DEVICES = 2;

    private static final Duration KSELFTEST_LIMIT = Duration.ofMinutes(3);
    private static final String HEARD = "0000:00:11.0";
    private static final String HEARD_SLOT = "0x11";
    private static final String QEMUS_OWN = "0000:00:12.0";
    private static final String QEMUS_OWN_SLOT = "0x12";
    private static final String SINK = "speaker";
    private static final int FRAMES = 24_001;

    /** What speaker-test plays on one channel after the other: whole periods. */
    private static final String TURN_WAV = "turn.wav";

    private static final SoundFormat TURN = new SoundFormat("S16_LE", 1, 2, 48_000, 1);
    private static final int TURN_FRAMES = 9600;
    /** The second output's channels are not where ALSA usually has them. */
    private static final String OTHER_ORDER = "FL+FR,SL+SR+FL+FR+FC+LFE+RL+RR";

    /** The speakers of a WAV file with eight channels, as speaker-test calls them. */
    private static final List<String> FILE_ORDER = List.of(
            "Front Left", "Front Right", "Front Center", "LFE", "Rear Left", "Rear Right", "Side Left", "Side Right");

    /** Formats as aplay calls them, and as the card's option does. */
    private static final Map<String, String> FORMATS = ImmutableMap.ofEntries(
            Map.entry("S8", "S8"),
            Map.entry("U8", "U8"),
            Map.entry("S16_LE", "S16"),
            Map.entry("S18_3LE", "S18_3"),
            Map.entry("S20_3LE", "S20_3"),
            Map.entry("S24_3LE", "S24_3"),
            Map.entry("S20_LE", "S20"),
            Map.entry("S24_LE", "S24"),
            Map.entry("S32_LE", "S32"),
            Map.entry("U16_LE", "U16"),
            Map.entry("U18_3LE", "U18_3"),
            Map.entry("U20_3LE", "U20_3"),
            Map.entry("U24_3LE", "U24_3"),
            Map.entry("U20_LE", "U20"),
            Map.entry("U24_LE", "U24"),
            Map.entry("U32_LE", "U32"),
            Map.entry("FLOAT_LE", "FLOAT"),
            Map.entry("FLOAT64_LE", "FLOAT64"),
            Map.entry("MU_LAW", "MU_LAW"),
            Map.entry("A_LAW", "A_LAW"));

    /** Bytes of any value; the floating-point formats have files of their own. */
    private static final String BYTES = "bytes";

    private static final int BYTES_LENGTH = 48_000; // whole frames of every format

    /** A device of libasound's that converts into 32-bit integers, into a file. */
    private static final String REFERENCE = """
            pcm.reference {
                type plug
                slave {
                    pcm { type file file /tmp/reference format raw truncate true slave.pcm null }
                    format S32_LE
                }
            }
            """;

    /** Long: what is tested here is what the card does, not how busy the machine may be. */
    private static final int PERIOD_FRAMES = 2048;

    private static final String APLAY =
            "aplay -q -D hw:0,0 --period-size=" + PERIOD_FRAMES + " --buffer-size=" + 8 * PERIOD_FRAMES + " ";

    private static final long STALL_NANOS = 40_000_000;
    /** Of pcm-test's small periods: a card that is 5 ms late, whose fault they show, fails each of them. */
    private static final int SMALL_PERIODS_ATTEMPTS = 6;

    /** Of pcm-test's clock, and of when the driver's last message comes back. */
    private static final long DRAIN_TOLERANCE_MILLIS = 50;

    private final Kernel kernel;
    private final Ring ring;
    private final Ring heardRing;
    private String release = "";
    private Path folder;
    private Path out;
    private ServeProcess serve;
    private ServeProcess heardServe;
    private PulseServer server;
    private Guest guest;

    /** A card's ring, and how drivers hear of messages and of being late. */
    enum Ring {
        SPLIT(ImmutableList.of()),
        PACKED(ImmutableList.of("virtio=packed,notification-data,suspend", "features=xruns,polling"));

        private static final int FEATURE = 34; // VIRTIO_F_RING_PACKED

        private final ImmutableList<String> settings;

        Ring(ImmutableList<String> settings) {
            this.settings = settings;
        }
    }

    LinuxCardGuest(Kernel kernel, Ring ring, Ring heardRing) {
        this.kernel = kernel;
        this.ring = ring;
        this.heardRing = heardRing;
    }

    /** Says which kernel to boot. */
    @FunctionalInterface
    interface Kernel {
        /**
         * A guest with that kernel.
         *
         * @param debian with Debian 13's own, and all that a guest needs
         */
        GuestParts in(CacheFolder cache, GuestParts debian) throws BootException;
    }

    @BeforeAll
    void serveAndBoot(@TempDir Path shared) throws Exception {
        folder = shared;
        out = folder.resolve("out.wav");
        server = PulseServer.builder(folder.resolve("pulse")).nullSink(SINK).start();
        Path card = folder.resolve("card");
        Path heard = folder.resolve("heard");
        Path mic = Files.write(folder.resolve("mic.wav"), FramePattern.wav(TURN, TURN_FRAMES));
        Path line = Files.write(folder.resolve("line.wav"), FramePattern.wav(TURN, TURN_FRAMES));
        serve = serve(
                card,
                "wav:" + out,
                ring,
                "outputs=2",
                "inputs=2",
                "channels=1-8",
                "chmaps.output1=" + OTHER_ORDER,
                "formats=" + String.join(",", FORMATS.values()),
                "rates=8000,44100,48000,96000",
                "sources.input1=Mic=" + mic + ",Line In=" + line,
                "jacks=headphone:output0,line-out:output1,mic:input0:unplugged",
                "msix=5");
        heardServe =
                serve(heard, "pulse:" + SINK + "," + SINK + ".monitor", heardRing, "jacks=headphone:output0", "msix=0");
        guest = GuestBed.boot(machine()
                .arguments(
                        "-device",
                        GuestBed.card("card", card, "pcie.0", Guest.ON_ROOT_SLOT)
                                .toString())
                .arguments(
                        "-device",
                        GuestBed.card("heard", heard, "pcie.0", HEARD_SLOT).toString())
                .arguments("-audiodev", "none,id=none")
                .arguments("-device", "virtio-sound-pci,audiodev=none,bus=pcie.0,addr=" + QEMUS_OWN_SLOT));
        guest.run(bind("unbind"));
    }

    private ServeProcess serve(Path socket, String backend, Ring offered, String... settings) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of("--socket", socket.toString(), "--backend", backend, "--ctl", operatorSocket(socket)));
        List<String> all = new ArrayList<>(offered.settings);
        all.addAll(List.of(settings));
        for (String setting : all) {
            arguments.addAll(List.of("--set", setting));
        }
        return ServeProcess.start(folder, server.environment(), arguments.toArray(String[]::new));
    }

    private static String operatorSocket(Path socket) {
        return socket + ".ctl";
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
        contents.file(".asoundrc", REFERENCE.getBytes(StandardCharsets.US_ASCII));
        byte[] bytes = new byte[BYTES_LENGTH];
        new Random(1).nextBytes(bytes);
        contents.file(BYTES, bytes);
        contents.file("FLOAT_LE", floats(Float.BYTES));
        contents.file("FLOAT64_LE", floats(Double.BYTES));
        new PcmTest(tools).configure(contents, DEVICES);
        contents.write(initramfs);
        return LinuxGuest.builder(qemu, parts, initramfs, folder);
    }

    private static byte[] floats(int sampleBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(2);
        while (bytes.hasRemaining()) {
            double sample = 2 * random.nextDouble() - 1;
            if (sampleBytes == Float.BYTES) {
                bytes.putFloat((float) sample);
            } else {
                bytes.putDouble(sample);
            }
        }
        return bytes.array();
    }

    @AfterAll
    void end() {
        if (guest != null) {
            guest.close();
        }
        for (ServeProcess each : new ServeProcess[] {serve, heardServe}) {
            if (each != null) {
                each.close();
            }
        }
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Tag("SND-32")
    void everyStreamIsListed() throws Exception {
        assertThat(guest.run("cat /proc/asound/pcm").lines())
                .contains(
                        "00-00: virtio-snd : VirtIO PCM 0 : playback 1 : capture 1",
                        "00-01: virtio-snd : VirtIO PCM 1 : playback 1 : capture 1");
        for (String program : List.of("aplay", "arecord")) {
            assertThat(guest.run(program + " -l"))
                    .contains(
                            "card 0: SoundCard [VirtIO SoundCard], device 0",
                            "card 0: SoundCard [VirtIO SoundCard], device 1");
        }
    }

    @Test
    void whatAplayPlaysArrivesSampleBySample() throws Exception {
        for (SoundFormat format : GuestBed.FORMATS) {
            undisturbed(() -> {
                HostRecording recording = HostRecording.from(out, format);
                run(APLAY + "/" + format.fileName());
                recording.assertExactly(FRAMES, PERIOD_FRAMES);
            });
        }
    }

    @Test
    void driverTakesThePackedRingIfItIsOffered() throws Exception {
        assertThat(takesPackedRing(Guest.ON_ROOT)).isEqualTo(ring == Ring.PACKED);
        assertThat(takesPackedRing(HEARD)).isEqualTo(heardRing == Ring.PACKED);
    }

    private boolean takesPackedRing(String address) throws Exception {
        return guest.run("cat /sys/bus/pci/devices/" + address + "/virtio*/features")
                        .charAt(Ring.FEATURE)
                == '1';
    }

    @Test
    @Tag("SND-23")
    @Tag("SND-92")
    @Tag("SND-94")
    void jacksAndControlElementsAreListed() throws Exception {
        String contents = guest.run("amixer contents");

        assertThat(contents).contains("iface=CARD,name='Headphone Jack'", "iface=CARD,name='Line Out Jack'");
        assertThat(contents)
                .containsPattern("iface=CARD,name='Mic Jack'\\n.*\\n  : values=off")
                .containsPattern("iface=MIXER,name='PCM Playback Volume'\\n.*type=INTEGER.*\\n.*\\n  \\| dBscale-min=")
                .contains(
                        "iface=MIXER,name='PCM Playback Switch',index=1", "iface=MIXER,name='Capture Volume',index=1");
    }

    @Test
    @Tag("SND-33")
    @DisplayName("every format, on the second stream, sounds as libasound converts it")
    void everyFormatSoundsAsLibasoundConvertsIt() throws Exception {
        assertThat(guest.run("aplay -D hw:0,1 --dump-hw-params -d 1 /dev/zero 2>&1 | grep ^FORMAT: || true"))
                .contains(FORMATS.keySet());
        for (String format : FORMATS.keySet()) {
            String sound = format.startsWith("FLOAT") ? format : BYTES;
            undisturbed(() -> {
                String aplay = "aplay -q -t raw -f " + format + " -r 48000 -c 2 /" + sound + " -D ";
                byte[] converted =
                        guest.attempt(aplay + "reference && cat /tmp/reference").output();
                int[] expected = Linear.integers(ByteBuffer.wrap(converted), Integer.BYTES);
                WavFolder recording = WavFolder.from(out);
                run(aplay + "hw:0,1 --period-size=1000 --buffer-size=15000");

                int samples = BYTES_LENGTH / bytesOf(format);
                int[] heard = recording.await(samples);
                long tolerance = format.startsWith("FLOAT") ? 1 : 0; // libasound rounds towards zero
                for (int i = 0; i < samples; i++) {
                    assertThat(Math.abs((long) heard[i] - expected[i]))
                            .as(format + ": sample " + i + " is " + heard[i] + " and not " + expected[i])
                            .isLessThanOrEqualTo(tolerance);
                }
            });
        }
    }

    private static int bytesOf(String format) {
        if (format.startsWith("FLOAT")) {
            return format.contains("64") ? Double.BYTES : Float.BYTES;
        }
        if (format.endsWith("_3LE")) {
            return 3;
        }
        return format.endsWith("_LE") ? format.contains("16") ? Short.BYTES : Integer.BYTES : Byte.BYTES;
    }

    @Test
    @Tag("SND-98")
    void volumeAndMuteOfTheGuestAreInTheHostsSamples() throws Exception {
        run("amixer -q cset name='PCM Playback Volume' 60,108");
        run("amixer -q cset name='PCM Playback Switch' on,on");
        try {
            undisturbed(() -> assertHeard(-30, -6));
            run("amixer -q cset name='PCM Playback Switch' on,off");
            undisturbed(() -> assertHeard(-30, Double.NEGATIVE_INFINITY));
        } finally {
            run("amixer -q sset PCM 100% unmute");
        }
    }

    private void assertHeard(double leftDecibels, double rightDecibels) throws Exception {
        SoundFormat format = SoundFormat.S16_STEREO_48K;
        WavFolder recording = WavFolder.from(out);
        run(APLAY + "/" + format.fileName());

        int[] played = Linear.integers(ByteBuffer.wrap(FramePattern.frames(format, FRAMES)), Short.BYTES);
        int[] heard = recording.await(played.length);
        double[] gains = {Math.pow(10, leftDecibels / 20), Math.pow(10, rightDecibels / 20)};
        for (int i = 0; i < played.length; i++) {
            assertThat((heard[i] >> 16) - (played[i] >> 16) * gains[i % 2])
                    .as("sample " + i + " of " + played[i] + " is " + heard[i])
                    .isBetween(-1.0, 1.0);
        }
    }

    @Test
    @Tag("SND-22")
    @Tag("SND-25")
    void jackThatIsUnpluggedIsEmptyInTheGuestWhichIsTold() throws Exception {
        GuestEvents events = GuestEvents.watch(guest);
        try {
            operate("jack", "unplug", "headphone:output0");
            events.await("Headphone Jack");
            assertThat(value("iface=CARD,name='Headphone Jack'")).isEqualTo("off");
            assertThat(value("iface=CARD,name='Line Out Jack'")).isEqualTo("on");
        } finally {
            operate("jack", "plug", "headphone:output0");
        }
        events.await("Headphone Jack");
        assertThat(value("iface=CARD,name='Headphone Jack'")).isEqualTo("on");
        events.end();
    }

    @Test
    @Tag("SND-101")
    @Tag("SND-102")
    void volumeThatTheOperatorSetsIsShownInTheGuestWhichIsTold() throws Exception {
        GuestEvents events = GuestEvents.watch(guest);
        try {
            operate("volume", "output1", "-12");
            events.await("PCM Playback Volume,1");
            assertThat(guest.run("amixer sget PCM,1")).contains("Front Left: Playback 96 [80%] [-12.00dB] [on]");
            operate("mute", "output1");
            events.await("PCM Playback Switch,1");
            assertThat(guest.run("amixer sget PCM,1")).contains("Front Left: Playback 96 [80%] [-12.00dB] [off]");
        } finally {
            run("amixer -q sset PCM,1 100% unmute");
        }
        assertThat(operate("streams")).as("what the guest has set").contains("\"volume_db\":[0");
        events.end();
    }

    @Test
    @Tag("SND-96")
    @Tag("SND-98")
    @Tag("SND-101")
    @Tag("SND-102")
    void sourceThatTheGuestOrTheOperatorChoosesTheOtherIsShown() throws Exception {
        String element = "iface=MIXER,name='Capture Source',index=1";
        assertThat(guest.run("amixer contents"))
                .containsPattern(
                        element + "\n  ; type=ENUMERATED,.*items=2\n  ; Item #0 'Mic'\n  ; Item #1 'Line In'\n")
                .doesNotContain("name='Capture Source'\n");
        assertThat(value(element)).isEqualTo("0");
        GuestEvents events = GuestEvents.watch(guest);
        operate("source", "input1", "Line In");
        events.await("Capture Source,1");
        assertThat(value(element)).isEqualTo("1");
        run("amixer -q cset \"" + element + "\" Mic");
        assertThat(operate("source", "input1")).contains("\"source\":\"Mic\"");
        events.end();
    }

    private String operate(String... words) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("ctl", "--json", "--socket", operatorSocket(folder.resolve("card"))));
        command.addAll(List.of(words));
        ServeProcess.Ended ended = ServeProcess.run(folder, command.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        return ended.output();
    }

    private String value(String element) throws Exception {
        String answer = guest.run("amixer cget \"" + element + "\"");
        return answer.substring(answer.indexOf(": values=") + 9).strip();
    }

    @Test
    @Tag("SND-90")
    @Tag("SND-97")
    @Tag("SND-98")
    @Tag("SND-101")
    void mixerTestOfTheKernelPasses() throws Exception {
        assertPassed("mixer-test", run(AlsaTools.KSELFTEST + "/mixer-test"));
    }

    @Test
    @Tag("SND-74")
    @Tag("SND-76")
    void pcmTestOfTheKernelPassesOnEveryStream() throws Exception {
        undisturbed(() -> {
            guest.linux()
                    .runSuccessfully(
                            "for device in 0 1; do (" + PcmTest.others("$device")
                                    + " >/tmp/device$device) & done; wait",
                            KSELFTEST_LIMIT);
            for (int device = 0; device < DEVICES; device++) {
                assertPassed("pcm-test", guest.run("cat /tmp/device" + device));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Tag("SND-74")
    @Tag("SND-76")
    @DisplayName("pcm-test's small periods, as they come, pass on each stream: Linux leaves the card 5 ms")
    void smallPeriodsOfPcmTestPass(int device) throws Exception {
        List<String> failures = new ArrayList<>();
        for (int attempt = 1; attempt <= SMALL_PERIODS_ATTEMPTS; attempt++) {
            Kselftest result = new Kselftest(run(PcmTest.smallPeriods(device)));
            System.out.println(release + " pcm-test, small periods, attempt " + attempt + ": " + result.summary() + " "
                    + PcmTest.mismatches(result.output()));
            assertThat(result.planned()).as(result.output()).isPositive();
            if (result.isComplete()) {
                return;
            }
            failures.add(result.output());
        }
        assertThat(failures).as("each of the attempts failed").isEmpty();
    }

    @Test
    @DisplayName(
            "the one sound of pcm-test that is changed fails as it comes, on QEMU's own card as on ours: by Linux's time-out")
    void longDrainOfPcmTestFailsOnAnyCard() throws Exception {
        guest.run(bind("bind"));
        try {
            undisturbed(() -> {
                Kselftest result = new Kselftest(run(PcmTest.longDrain()));
                for (boolean qemus : new boolean[] {true, false}) {
                    assertThat(result.passed()).contains(PcmTest.test(PcmTest.WHOLE_PERIODS, qemus));
                    assertThat(result.failed()).contains(PcmTest.test(PcmTest.LONG_DRAIN, qemus));
                    long tookMillis = PcmTest.millis(result.output(), qemus);
                    assertThat(tookMillis)
                            .as(result.output())
                            .isGreaterThan(PcmTest.longDrainMillis(result.output(), qemus) - DRAIN_TOLERANCE_MILLIS);
                    System.out.println(
                            release + " " + PcmTest.test(PcmTest.LONG_DRAIN, qemus) + ": " + tookMillis + " ms");
                }
            });
        } finally {
            guest.run(bind("unbind"));
        }
    }

    /** Gives QEMU's own card to the driver, or takes it away: other tests see two cards. */
    private static String bind(String verb) {
        return "device=$(basename $(ls -d /sys/bus/pci/devices/" + QEMUS_OWN
                + "/virtio*)) && echo $device >/sys/bus/virtio/drivers/virtio_snd/" + verb;
    }

    private void assertPassed(String name, String output) {
        Kselftest result = new Kselftest(output);
        System.out.println(release + " " + name + ": " + result.summary());
        assertThat(result.failed()).as(result.output()).isEmpty();
        assertThat(result.isComplete()).as(result.output()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Tag("SND-33")
    @Tag("SND-88")
    @DisplayName(
            "each of eight speakers that speaker-test names sounds on its channel of the host's file, and on no other")
    void eachOfEightSpeakersSoundsInItsPlace(int device) throws Exception {
        undisturbed(() -> {
            WavFolder recording = WavFolder.from(out);
            String said = run("speaker-test -D hw:0," + device + " -c 8 -r 48000 -F S16_LE -t wav -w /" + TURN_WAV
                    + " -l 1 -p 20000 -b 160000");

            List<String> speakers = ChannelTurns.announced(said);
            List<Integer> places = speakers.stream().map(FILE_ORDER::indexOf).toList();
            System.out.println(release + " speaker-test: " + speakers + " on " + places);
            assertThat(speakers).as(said).hasSize(8).doesNotHaveDuplicates();
            int[] heard =
                    recording.await(frames -> ChannelTurns.heard(frames, 8).equals(places));
            assertThat(ChannelTurns.heard(heard, 8))
                    .as(heard.length / 8 + " frames; " + said)
                    .isEqualTo(places);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"-f dat -F 997:1997", "-f S32_LE -r 44100"})
    void alsabatHearsOnTheMonitorWhatItPlays(String format) throws Exception {
        undisturbed(() -> {
            GuestAnswer answer = guest.attempt("alsabat -D hw:1,0 -c 2 -n 20000 -k 30 " + format);

            System.out.println(release + " alsabat " + format + ": "
                    + answer.text()
                            .lines()
                            .filter(line -> line.contains("PASS"))
                            .count() + " channels pass");
            assertThat(answer.exitCode()).as(answer.text()).isZero();
            assertThat(answer.text().lines().filter(line -> line.contains("PASS: Peak detected at target frequency")))
                    .as(answer.text())
                    .hasSize(2);
        });
    }

    @AfterEach
    void nothingIsWrongInTheKernelsLog() throws Exception {
        assertThat(guest.run(
                        "dmesg -c | grep -iE 'virtio_snd|virtio-snd|irq .*nobody|call trace|drain timeout' || true"))
                .as("what the guest's kernel complains about")
                .isEmpty();
    }

    /** What a program says that must succeed, as a check. */
    private String run(String line) throws Exception {
        GuestAnswer answer = guest.attempt(line);
        assertThat(answer.exitCode()).as(line + ": " + answer.text()).isZero();
        return answer.text();
    }

    /** A check that can only succeed if nobody waits for a processor for as long as the shortest buffer takes. */
    private void undisturbed(Undisturbed.Check check) throws Exception {
        List<Long> pids = new ArrayList<>(server.pids());
        pids.addAll(List.of(
                serve.pid(),
                heardServe.pid(),
                guest.linux().pid(),
                ProcessHandle.current().pid()));
        Undisturbed.check(STALL_NANOS, pids, check);
    }
}
