// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sound.sampled.AudioFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.BackendException;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.PositionReports.Kind;

/** Through the JDK's {@code AudioSystem} to mixers in software that run by the wall clock: there is no sound card here. */
class JavaxBackendTest {
    private static final int RATE_HZ = 48_000;
    private static final int FRAME_BYTES = 4;
    private static final AudioFormat S16_STEREO = new AudioFormat(RATE_HZ, 16, 2, true, false);
    /** A busy machine may be tens of milliseconds late. */
    private static final PcmParams STEREO = new PcmParams(PcmFormat.S16, RATE_HZ, 2, RATE_HZ / 5);

    private static final String NAME = "Soft";
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final long LOOK_NANOS = 10_000_000;

    private final List<AutoCloseable> opened = new ArrayList<>();

    private SoftwareMixer plug(int chunkFrames, AudioFormat... formats) {
        SoftwareMixer mixer = new SoftwareMixer(NAME, chunkFrames, formats);
        SoftwareMixerProvider.plug(mixer);
        return mixer;
    }

    private JavaxBackend open(String arguments) throws BackendException {
        JavaxBackend backend = JavaxBackend.open(arguments);
        opened.add(backend);
        return backend;
    }

    @AfterEach
    void closeAndUnplug() throws Exception {
        for (AutoCloseable backend : opened) {
            backend.close();
        }
        SoftwareMixerProvider.unplugAll();
        await(
                "all threads to end",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().contains("javax")));
    }

    private static byte[] noise(int frames, long seed) {
        byte[] bytes = new byte[frames * FRAME_BYTES];
        new Random(seed).nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] |= 1;
        }
        return bytes;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private static void awaitReport(AudioSink sink, Kind kind, long frames) {
        PositionReports.Report report = new PositionReports.Report();
        await(kind + " " + frames, () -> {
            while (sink.reports().poll(report)) {
                if (report.kind == kind && report.frames >= frames) {
                    return true;
                }
            }
            return false;
        });
    }

    private static SoftwareSpeaker speaker(SoftwareMixer mixer) {
        await("a line", () -> !mixer.opened.isEmpty());
        return (SoftwareSpeaker) mixer.opened.get(0);
    }

    private static byte[] withoutSilence(byte[] frames) {
        byte[] sound = new byte[frames.length];
        int length = 0;
        for (int at = 0; at < frames.length; at += FRAME_BYTES) {
            if (frames[at] != 0) {
                System.arraycopy(frames, at, sound, length, FRAME_BYTES);
                length += FRAME_BYTES;
            }
        }
        return Arrays.copyOf(sound, length);
    }

    private static boolean contains(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at += FRAME_BYTES) {
            if (Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @ParameterizedTest
    @ValueSource(ints = {48, 480, 960})
    void playsEveryFrameWithoutASeamWhateverTheHostsChunks(int chunkFrames) throws Exception {
        SoftwareMixer mixer = plug(chunkFrames, S16_STEREO);
        byte[] noise = noise(RATE_HZ, 1);
        AudioSink sink = open(NAME).openSink(STEREO, "output 0");
        sink.start();
        sink.write(ByteBuffer.wrap(noise));
        sink.drain();
        awaitReport(sink, Kind.POSITION, RATE_HZ / 2);
        SoftwareSpeaker speaker = speaker(mixer);
        await("the sound", () -> withoutSilence(speaker.heard()).length >= noise.length);
        assertThat(contains(speaker.heard(), noise)).isTrue();
        sink.close();
    }

    @Test
    void withoutANameItPlaysThroughTheJdksDefault() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        String property = "javax.sound.sampled.SourceDataLine";
        System.setProperty(property, "#" + NAME);
        try {
            byte[] noise = noise(RATE_HZ / 2, 10);
            AudioSink sink = open("").openSink(STEREO, "output 0");
            sink.start();
            sink.write(ByteBuffer.wrap(noise));
            sink.drain();
            SoftwareSpeaker speaker = speaker(mixer);
            await("the sound", () -> contains(speaker.heard(), noise));
            sink.close();
        } finally {
            System.clearProperty(property);
        }
    }

    @Test
    void aPauseLosesAndRepeatsNothing() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        byte[] noise = noise(RATE_HZ, 2);
        AudioSink sink = open(NAME).openSink(STEREO, "output 0");
        sink.start();
        sink.write(ByteBuffer.wrap(noise));
        awaitReport(sink, Kind.POSITION, RATE_HZ / 4);
        SoftwareSpeaker speaker = speaker(mixer);
        sink.pause();
        await("the pause", () -> !speaker.isRunning());
        sink.start();
        sink.drain();
        await("the sound", () -> withoutSilence(speaker.heard()).length >= noise.length);
        assertThat(contains(speaker.heard(), noise)).isTrue();
        sink.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {48, 480, 960})
    void recordsEveryFrameWithoutASeam(int chunkFrames) throws Exception {
        SoftwareMixer mixer = plug(chunkFrames, S16_STEREO);
        AudioSource source = open(NAME + "," + NAME).openSource(STEREO, "input 0");
        source.start();
        ByteBuffer frames = record(source, RATE_HZ, FRAME_BYTES);
        int first = 0;
        while (first < RATE_HZ && frames.getInt(first * FRAME_BYTES) == 0) {
            first++;
        }
        assertThat(first).as("silence at the beginning").isLessThan(RATE_HZ / 2);
        int number = frames.getInt(first * FRAME_BYTES);
        for (int i = first; i < RATE_HZ; i++) {
            assertThat(frames.getInt(i * FRAME_BYTES)).as("frame %d", i).isEqualTo(number + i - first);
        }
        source.close();
        await("the microphone to be closed", mixer.opened::isEmpty);
    }

    /** At nominal pace, as the device does. */
    private static ByteBuffer record(AudioSource source, int mostFrames, int frameBytes) {
        ByteBuffer all = ByteBuffer.allocate(mostFrames * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
        long start = System.nanoTime();
        while (all.position() < all.capacity()) {
            long due = Math.min(mostFrames, (System.nanoTime() - start) * RATE_HZ / 1_000_000_000L);
            all.limit((int) due * frameBytes);
            source.read(all, due - all.position() / frameBytes);
            LockSupport.parkNanos(5_000_000);
        }
        return all;
    }

    @Test
    void whatALineLacksIsConvertedForPlayback() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        ByteBuffer ramp = ByteBuffer.allocate(4 * 20_000).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer expected = ByteBuffer.allocate(4 * 20_000).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= 20_000; i++) {
            ramp.putFloat(i / 32768f);
            expected.putShort((short) i).putShort((short) i);
        }
        AudioSink sink = open(NAME).openSink(new PcmParams(PcmFormat.FLOAT, RATE_HZ, 1, RATE_HZ / 5), "output 0");
        sink.start();
        sink.write(ramp.flip());
        sink.drain();
        SoftwareSpeaker speaker = speaker(mixer);
        await("the ramp", () -> contains(speaker.heard(), expected.array()));
        sink.close();
    }

    @Test
    void whatALineLacksIsConvertedForRecording() throws Exception {
        plug(480, S16_STEREO);
        AudioSource source = open(NAME).openSource(new PcmParams(PcmFormat.S32, RATE_HZ, 2, RATE_HZ / 5), "input 0");
        source.start();
        ByteBuffer frames = record(source, RATE_HZ / 2, 8);
        int last = RATE_HZ / 2 - 1;
        int left = frames.getInt(last * 8);
        assertThat(left & 0xffff).isZero();
        assertThat(frames.getInt((last - 1) * 8)).isEqualTo(left - (1 << 16));
        source.close();
    }

    @Test
    void aLostLineIsToldAndSoundIsBackWithIt() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        JavaxBackend backend = open(NAME);
        AudioSink sink = backend.openSink(STEREO, "output 0");
        AudioSource source = backend.openSource(STEREO, "input 0");
        sink.start();
        sink.write(ByteBuffer.wrap(noise(RATE_HZ, 3)));
        awaitReport(sink, Kind.POSITION, 1);
        await("both lines", () -> mixer.opened.size() == 2);

        mixer.pull();
        awaitReport(sink, Kind.LOST, 0);

        mixer.plugAgain();
        byte[] later = noise(RATE_HZ / 10, 4);
        await("both lines again", () -> mixer.opened.size() == 2);
        SoftwareSpeaker speaker = (SoftwareSpeaker) mixer.opened.stream()
                .filter(line -> line instanceof SoftwareSpeaker)
                .findFirst()
                .orElseThrow();
        await("sound", () -> {
            sink.write(ByteBuffer.wrap(later));
            return contains(speaker.heard(), later);
        });
        sink.close();
        source.close();
    }

    @Test
    void aLineThatStandsStillIsLost() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        AudioSink sink = open(NAME).openSink(STEREO, "output 0");
        sink.start();
        sink.write(ByteBuffer.wrap(noise(RATE_HZ, 5)));
        awaitReport(sink, Kind.POSITION, 1);
        speaker(mixer).stick(true);
        awaitReport(sink, Kind.LOST, 0);
        sink.close();
    }

    @Test
    void aLineThatRanDryIsTold() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        AudioSink sink = open(NAME).openSink(STEREO, "output 0");
        sink.start();
        sink.write(ByteBuffer.wrap(noise(RATE_HZ, 6)));
        awaitReport(sink, Kind.POSITION, 1);
        SoftwareSpeaker speaker = speaker(mixer);
        PositionReports.Report report = new PositionReports.Report();
        await("an under-run", () -> {
            speaker.swallow();
            while (sink.reports().poll(report)) {
                if (report.kind == Kind.XRUN) {
                    return true;
                }
            }
            sink.write(ByteBuffer.wrap(noise(RATE_HZ / 10, 7)));
            return false;
        });
        sink.close();
    }

    @Test
    void aRunningStreamAllocatesNothing() throws Exception {
        plug(480, S16_STEREO);
        JavaxBackend backend = open(NAME);
        AudioSink sink = backend.openSink(STEREO, "output 0");
        AudioSource source = backend.openSource(STEREO, "input 0");
        sink.start();
        source.start();
        byte[] noise = noise(RATE_HZ / 100, 8);
        for (String name : List.of("vsnd-audio-javax-play", "vsnd-audio-javax-record")) {
            Thread thread = Thread.getAllStackTraces().keySet().stream()
                    .filter(candidate -> candidate.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
            long[] before = {-1, System.nanoTime()};
            await(name + " to allocate nothing for half a second", () -> {
                sink.write(ByteBuffer.wrap(noise));
                long now = System.nanoTime();
                long bytes = ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                        .getThreadAllocatedBytes(thread.getId());
                if (bytes != before[0]) {
                    before[0] = bytes;
                    before[1] = now;
                }
                return now - before[1] > 500_000_000L;
            });
        }
        source.close();
        sink.close();
    }

    @Test
    void manyStreamsOpenAndCloseAndAreTakenUpAgain() throws Exception {
        SoftwareMixer mixer = plug(480, S16_STEREO);
        JavaxBackend backend = open(NAME);
        for (int round = 0; round < 3; round++) {
            List<AudioSink> sinks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                AudioSink sink = backend.openSink(STEREO, "output " + i);
                sink.start();
                sink.write(ByteBuffer.wrap(noise(RATE_HZ / 10, i)));
                sinks.add(sink);
            }
            await("four lines", () -> mixer.opened.size() == 4);
            sinks.forEach(AudioSink::close);
        }
        await("all lines to be closed", mixer.opened::isEmpty);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"DSD_U8 | 48000 | 2", "IEC958_SUBFRAME | 48000 | 2", "S16 | 44100 | 2", "S16 | 48000 | 6"})
    void whatAMixerCannotDoIsRefusedWithASentence(PcmFormat format, int rateHz, int channels) throws Exception {
        plug(480, S16_STEREO);
        JavaxBackend backend = open(NAME);
        assertThat(backend.playbackRefusal(format, rateHz, channels))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .contains(format.name(), rateHz + " Hz", channels + " channels", "play", "mixer")
                        .endsWith("."));
        assertThat(backend.captureRefusal(format, rateHz, channels))
                .hasValueSatisfying(sentence -> assertThat(sentence).contains("record"));
    }

    @ParameterizedTest
    @CsvSource({"S16,2", "S16,1", "U8,1", "S24,2", "S32,2", "FLOAT,1", "FLOAT64,2", "U20_3,1"})
    void whatCanBeConvertedIsNotRefused(PcmFormat format, int channels) throws Exception {
        plug(480, S16_STEREO);
        assertThat(open(NAME).playbackRefusal(format, RATE_HZ, channels)).isEmpty();
        assertThat(open(NAME).captureRefusal(format, RATE_HZ, channels)).isEmpty();
    }

    @Test
    void aMixerThatIsNotThereMayCome() throws Exception {
        JavaxBackend backend = open(NAME);
        assertThat(backend.playbackRefusal(PcmFormat.DSD_U8, RATE_HZ, 2)).isEmpty();
        AudioSink sink = backend.openSink(STEREO, "output 0");
        sink.start();
        awaitReport(sink, Kind.LOST, 0);
        plug(480, S16_STEREO);
        byte[] noise = noise(RATE_HZ / 100, 9);
        PositionReports.Report report = new PositionReports.Report();
        await("a position", () -> {
            sink.write(ByteBuffer.wrap(noise));
            return sink.reports().poll(report) && report.kind == Kind.POSITION;
        });
        sink.close();
    }

    @Test
    void mixersAreListedByTheNamesToWrite() {
        assertThat(JavaxBackend.mixers()).noneMatch(mixer -> mixer.name().equals(NAME));
        plug(480, S16_STEREO);
        assertThat(JavaxBackend.mixers()).contains(new JavaxMixer(NAME, "for tests", true, true));
        assertThat(JavaxBackend.hasMixer()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | default mixer | default mixer",
                "A | A | A",
                "A,B | A | B",
                "PCH [plughw:0,0] | PCH [plughw:0,0] | PCH [plughw:0,0]",
                "PCH [plughw:0,0],USB [plughw:1,0] | PCH [plughw:0,0] | USB [plughw:1,0]",
            })
    void argumentsAreOneOrTwoNamesOfMixers(String arguments, String plays, String records) throws Exception {
        JavaxBackend backend = open(arguments);
        assertThat(backend.name()).isEqualTo(arguments.isEmpty() ? "javax" : "javax:" + arguments);
        assertThat(backend.playsOn()).endsWith(plays);
        assertThat(backend.recordsFrom()).endsWith(records);
    }

    @ParameterizedTest
    @ValueSource(strings = {",A", "A,", ",", " "})
    void aMissingNameIsRefusedWithASentence(String arguments) {
        assertThatThrownBy(() -> JavaxBackend.open(arguments))
                .isInstanceOf(BackendException.class)
                .hasMessageContaining("javax:MIXER,CAPTURE_MIXER");
    }
}
