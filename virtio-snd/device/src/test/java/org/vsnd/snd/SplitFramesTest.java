// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PositionReports;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;

@DisplayName("Messages that end in the middle of a frame")
class SplitFramesTest {
    private static final long MS = 1_000_000;
    private static final long FORMATS = StreamInfo.formatBit(PcmFormat.U8)
            | StreamInfo.formatBit(PcmFormat.S16)
            | StreamInfo.formatBit(PcmFormat.S24_3);
    private static final long RATES = StreamInfo.rateBit(11025) | StreamInfo.rateBit(44100) | StreamInfo.rateBit(48000);

    /** What a stream's frames are. */
    private record Shape(PcmFormat format, int channels, int rateHz) {
        int frameBytes() {
            return format.sampleBytes() * channels;
        }

        @SuppressWarnings("EnumOrdinal") // declared in the order of VIRTIO_SND_PCM_FMT_*, which a test checks
        int word() {
            return channels | format.ordinal() << 8 | PcmRate.of(rateHz) << 16;
        }

        /** When the clock shows a frame, rounded up. */
        long nanosOf(long frames) {
            return -Math.floorDiv(-frames * 1_000_000_000L, (long) rateHz);
        }
    }

    private static final Shape STEREO = new Shape(PcmFormat.S16, 2, 48000);

    private static Rig rig(boolean strict) {
        return rig(strict, ExchangeRule.MULTI);
    }

    private static Rig rig(boolean strict, ExchangeRule exchange) {
        SoundConfig config = new SoundConfig(
                Rig.streams(FORMATS, RATES),
                List.of(),
                new StreamRules(CompletionPolicy.PACED, exchange, 20_000_000, true, StopRule.KEEP, strict, 4));
        return new Rig(config, TimeBase.WALL, new RecordingBackend());
    }

    private static void prepare(Rig rig, int stream, Shape shape, int periodBytes) {
        assertThat(rig.control(0x101, stream, 4 * periodBytes, periodBytes, 0, shape.word()))
                .isEqualTo(VIRTIO_SND_S_OK);
        assertThat(rig.control(0x102, stream)).isEqualTo(VIRTIO_SND_S_OK);
    }

    /** No byte of it is silence of a signed format. */
    private static byte[] sound(int bytes) {
        byte[] sound = new byte[bytes];
        Random random = new Random(bytes);
        for (int i = 0; i < bytes; i++) {
            sound[i] = (byte) (1 + random.nextInt(255));
        }
        return sound;
    }

    @Test
    @DisplayName("are one sound and one recording of live hosts, whose clocks are others")
    void liveHosts() {
        LiveHost host = new LiveHost(120, -80, false);
        Rig rig = host.rig(ExchangeRule.AUTO);
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        host.onWrite = frames -> {
            byte[] bytes = new byte[frames.remaining()];
            frames.get(bytes);
            heard.writeBytes(bytes);
        };
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        prepare(rig, 0, STEREO, 882);
        prepare(rig, 1, STEREO, 882);
        byte[] sound = sound(882 * 4000);
        long[] places = new long[4];
        int played = 0;
        for (int i = 0; i < 4; i++) {
            play(rig, 0, sound, 882 * played++, 882);
            places[i] = rig.record(1 + i, 882);
        }
        rig.done.clear();
        rig.start(0);
        rig.start(1);
        for (int milli = 0; milli < 10_000; milli++) {
            rig.thread.advance(MS);
            List<Integer> tags = rig.doneTags();
            rig.done.clear();
            for (int tag : tags) {
                if (tag == 0) {
                    play(rig, 0, sound, 882 * played++, 882);
                } else {
                    recorded.writeBytes(rig.bytes(places[tag - 1], 882));
                    places[tag - 1] = rig.record(tag, 882);
                }
            }
            if (milli % 10 == 0) {
                host.report();
            }
        }
        byte[] whole = withoutSilence(heard.toByteArray());
        assertThat(whole).hasSizeGreaterThan(9 * 192_000);
        assertSame(whole, Arrays.copyOf(sound, whole.length));
        ShortBuffer samples = ByteBuffer.wrap(recorded.toByteArray())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asShortBuffer();
        int frames = samples.limit() / 2;
        assertThat(frames).isGreaterThan(9 * 48_000);
        int seams = 0;
        for (int frame = 48_000; frame < frames; frame++) { // the right channel has the frame's number
            int before = samples.get(2 * frame - 1);
            seams += samples.get(2 * frame + 1) == before % Microphone.NUMBERS + 1 ? 0 : 1;
        }
        assertThat(seams).isZero();
    }

    private static byte[] withoutSilence(byte[] heard) {
        byte[] sound = new byte[heard.length];
        int length = 0;
        for (byte b : heard) {
            if (b != 0) {
                sound[length++] = b;
            }
        }
        return Arrays.copyOf(sound, length);
    }

    private static void assertSame(byte[] seen, byte[] expected) {
        assertThat(Arrays.mismatch(seen, expected))
                .as("%d bytes, and %d", seen.length, expected.length)
                .isEqualTo(-1);
    }

    @Test
    @DisplayName("may begin after a header of 8 bytes")
    void headersOfEightBytes() {
        SoundConfig config = new SoundConfig(
                Rig.streams(FORMATS, RATES),
                List.of(),
                new StreamRules(CompletionPolicy.PACED, ExchangeRule.AUTO, 20_000_000, true, StopRule.KEEP, false, 8));
        Rig rig = new Rig(config, TimeBase.WALL, new RecordingBackend());
        prepare(rig, 0, STEREO, 882);
        byte[] sound = sound(20 * 882);
        rig.start(0);
        for (int tag = 0; tag < 20; tag++) {
            byte[] message = new byte[8 + 882];
            System.arraycopy(sound, tag * 882, message, 8, 882);
            rig.submit(2, tag, message, 8);
        }
        rig.kick(2);
        rig.thread.advance(200 * MS);
        assertSame(rig.backend.played.toByteArray(), sound);

        prepare(rig, 1, STEREO, 882);
        long at = rig.submit(3, 50, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 882 + 8);
        rig.submit(3, 51, new byte[] {1, 0, 0, 0}, 882 + 8);
        rig.kick(3);
        rig.start(1);
        rig.thread.advance(200 * MS);
        assertSame(rig.bytes(at, 882), counter(882));
        assertThat(rig.done(51).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
    }

    private static byte[] counter(int bytes) {
        byte[] counter = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            counter[i] = (byte) i;
        }
        return counter;
    }

    private static void play(Rig rig, int tag, byte[] sound, int from, int bytes) {
        byte[] message = new byte[4 + bytes];
        System.arraycopy(sound, from, message, 4, bytes);
        rig.submit(2, tag, message, 8);
        rig.kick(2);
    }

    /** Cuts a sound into messages, two in flight, and plays all of it. */
    private static void play(Rig rig, byte[] sound, int[] lengths) {
        int at = 0;
        int sent = 0;
        rig.done.clear();
        while (rig.doneTags().size() < lengths.length) {
            while (sent < lengths.length && sent - rig.doneTags().size() < 3) {
                play(rig, sent, sound, at, lengths[sent]);
                at += lengths[sent++];
            }
            rig.thread.advance(MS);
        }
    }

    /** Lengths that add up to a number of bytes. */
    private static int[] cut(Random random, int bytes, int most) {
        List<Integer> lengths = new ArrayList<>();
        for (int left = bytes; left > 0; ) {
            int length = Math.min(left, random.nextInt(8) == 0 ? random.nextInt(4) : random.nextInt(most));
            lengths.add(length);
            left -= length;
        }
        return lengths.stream().mapToInt(i -> i).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("are one sound, however it is cut")
    void anyCuttingIsTheSameSound(int seed) {
        Random random = new Random(seed);
        Shape shape = new Shape(
                new PcmFormat[] {PcmFormat.U8, PcmFormat.S16, PcmFormat.S24_3}[random.nextInt(3)],
                1 + random.nextInt(2),
                new int[] {11025, 44100, 48000}[random.nextInt(3)]);
        Rig rig = rig(false);
        prepare(rig, 0, shape, 1500);
        byte[] sound = sound(shape.frameBytes() * 20_000);
        rig.start(0);
        play(rig, sound, cut(random, sound.length, 4000));
        assertThat(rig.done).allSatisfy(done -> assertThat(done.status()).isEqualTo(VIRTIO_SND_S_OK));
        assertSame(rig.backend.played.toByteArray(), sound);
        assertThat(rig.device.statistics().get(0).frames()).isEqualTo(20_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("are one recording, however it is cut")
    void anyCuttingIsTheSameRecording(int seed) {
        Random random = new Random(seed);
        Shape shape = new Shape(
                new PcmFormat[] {PcmFormat.U8, PcmFormat.S16, PcmFormat.S24_3}[random.nextInt(3)],
                1 + random.nextInt(2),
                new int[] {11025, 44100, 48000}[random.nextInt(3)]);
        Rig rig = rig(false);
        prepare(rig, 1, shape, 1500);
        int[] lengths = cut(random, shape.frameBytes() * 20_000, 4000);
        long[] places = new long[lengths.length];
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        rig.start(1);
        rig.done.clear();
        int sent = 0;
        int seen = 0;
        while (seen < lengths.length) {
            while (sent < lengths.length && sent - seen < 6) {
                places[sent] = rig.record(sent, lengths[sent]);
                sent++;
            }
            rig.thread.advance(MS);
            for (; seen < rig.doneTags().size(); seen++) {
                assertThat(rig.done(seen).usedBytes()).isEqualTo(lengths[seen] + 8);
                assertThat(rig.done(seen).status()).isEqualTo(VIRTIO_SND_S_OK);
                recorded.writeBytes(rig.bytes(places[seen], lengths[seen]));
            }
        }
        assertThat(rig.device.statistics().get(1).xruns()).isZero();
        assertSame(recorded.toByteArray(), counter(recorded.size()));
    }

    private static List<Shape> oddShapes() {
        return List.of(
                new Shape(PcmFormat.S16, 2, 11025),
                new Shape(PcmFormat.S16, 1, 44100),
                new Shape(PcmFormat.S24_3, 2, 48000));
    }

    @Test
    @DisplayName("are done when their last whole frame is consumed: no drift, whatever the period")
    void completionTimes() {
        int[] periods = {882, 1323, 1000};
        for (int i = 0; i < periods.length; i++) {
            Shape shape = oddShapes().get(i);
            Rig rig = rig(false);
            prepare(rig, 0, shape, periods[i]);
            byte[] sound = sound(periods[i]);
            for (int tag = 0; tag < 4; tag++) {
                play(rig, tag, sound, 0, periods[i]);
            }
            long start = rig.thread.nowNanos;
            rig.start(0);
            for (long n = 1; n <= 5000; n++) {
                rig.done.clear();
                long frames = n * periods[i] / shape.frameBytes();
                rig.thread.advance(start + shape.nanosOf(frames) - rig.thread.nowNanos);
                assertThat(rig.done).hasSize(1);
                assertThat(rig.done.get(0).nanos()).isEqualTo(start + shape.nanosOf(frames));
                long target = 20L * shape.rateHz() / 1000;
                assertThat(rig.done.get(0).latencyBytes())
                        .isEqualTo(target * shape.frameBytes() + n * periods[i] % shape.frameBytes());
                play(rig, 0, sound, 0, periods[i]);
            }
            assertThat(rig.device.statistics().get(0).xruns()).isZero();
        }
    }

    @Test
    @DisplayName("are full when the last frame that begins in them is captured: no drift, and no byte from the future")
    void recordingTimes() {
        int[] periods = {882, 1323, 1000};
        for (int i = 0; i < periods.length; i++) {
            Shape shape = oddShapes().get(i);
            Rig rig = rig(false);
            prepare(rig, 1, shape, periods[i]);
            for (int tag = 0; tag < 4; tag++) {
                rig.record(tag, periods[i]);
            }
            long start = rig.thread.nowNanos;
            rig.start(1);
            for (long n = 1; n <= 5000; n++) {
                rig.done.clear();
                long bytes = n * periods[i];
                long frames = (bytes + shape.frameBytes() - 1) / shape.frameBytes();
                rig.thread.advance(start + shape.nanosOf(frames) - rig.thread.nowNanos);
                assertThat(rig.done).hasSize(1);
                assertThat(rig.done.get(0).nanos()).isEqualTo(start + shape.nanosOf(frames));
                assertThat(rig.done.get(0).latencyBytes())
                        .as("the source's own 5 frames, and what is left of the frame that was begun")
                        .isEqualTo((5L + frames) * shape.frameBytes() - bytes);
                rig.record(0, periods[i]);
            }
            assertThat(rig.device.statistics().get(1).xruns()).isZero();
        }
    }

    @Test
    @DisplayName("of one byte more or less than their period")
    void aByteMoreOrLess() {
        Rig rig = rig(false);
        prepare(rig, 0, STEREO, 4000);
        byte[] sound = sound(4001 + 3999 + 4001 + 4001 + 4001 + 3997);
        rig.start(0);
        play(rig, sound, new int[] {4001, 3999, 4001, 4001, 4001, 3997});
        assertSame(rig.backend.played.toByteArray(), sound);
    }

    @Test
    @DisplayName("smaller than a frame")
    void aByteAtATime() {
        Rig rig = rig(false);
        Shape shape = new Shape(PcmFormat.S24_3, 2, 44100);
        prepare(rig, 0, shape, 600);
        byte[] sound = sound(6 * 40);
        int[] lengths = new int[sound.length];
        Arrays.fill(lengths, 1);
        rig.start(0);
        play(rig, sound, lengths);
        assertSame(rig.backend.played.toByteArray(), sound);

        prepare(rig, 1, shape, 600);
        List<Long> places = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            places.add(rig.record(i, 1));
        }
        rig.done.clear();
        rig.start(1);
        rig.thread.advance(10 * MS);
        for (int i = 0; i < 100; i++) {
            assertThat(rig.bytes(places.get(i), 1)[0]).isEqualTo((byte) i);
            assertThat(rig.done(i).usedBytes()).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("after STOP without messages, RELEASE or a reset of the queue, a sound begins with a frame")
    void aStrayPartIsDropped(boolean release) {
        Rig rig = rig(false);
        prepare(rig, 0, STEREO, 4000);
        byte[] sound = sound(4000);
        rig.start(0);
        play(rig, sound, new int[] {1002});
        rig.stop(0);
        if (release) {
            rig.release(0);
            assertThat(rig.control(0x102, 0)).isEqualTo(VIRTIO_SND_S_OK);
        }
        rig.start(0);
        play(rig, sound, new int[] {3998, 2});
        byte[] heard = rig.backend.played.toByteArray();
        assertThat(Arrays.copyOf(heard, 1000)).isEqualTo(Arrays.copyOf(sound, 1000));
        assertThat(Arrays.copyOfRange(heard, heard.length - 4000, heard.length)).isEqualTo(sound);
        assertThat(heard).hasSize(5000);

        play(rig, sound, new int[] {1});
        rig.device.queueReset(2);
        play(rig, sound, new int[] {4});
        assertThat(rig.backend.played.toByteArray()).hasSize(5004);
    }

    @Test
    @DisplayName("go on after a pause where they were")
    void aPauseKeepsThem() {
        Rig rig = rig(false);
        prepare(rig, 0, STEREO, 882);
        byte[] sound = sound(4 * 882);
        for (int i = 0; i < 3; i++) {
            play(rig, i, sound, i * 882, 882);
        }
        rig.start(0);
        rig.thread.advance(STEREO.nanosOf(300));
        rig.stop(0);
        rig.thread.advance(50 * MS);
        play(rig, 3, sound, 3 * 882, 882);
        rig.start(0);
        rig.thread.advance(100 * MS);
        assertThat(rig.doneTags()).contains(0, 1, 2, 3);
        assertSame(rig.backend.played.toByteArray(), sound);
    }

    @Test
    @DisplayName("go on where they were after a STOP that gives messages back")
    void aPauseThatGivesBackKeepsThem() {
        Rig rig = new Rig(StopRule.ALL, false);
        prepare(rig, 0, STEREO, 482);
        byte[] sound = sound(8 * 482);
        for (int i = 0; i < 3; i++) {
            play(rig, i, sound, i * 482, 482);
        }
        rig.start(0);
        rig.stop(0);
        assertThat(rig.doneTags()).contains(0, 1, 2);
        for (int i = 3; i < 8; i++) {
            play(rig, i, sound, i * 482, 482);
        }
        rig.start(0);
        rig.thread.advance(500 * MS);
        assertSame(rig.backend.played.toByteArray(), sound);
    }

    @Test
    @DisplayName("RELEASE gives back a recording up to the last frame captured, with the rest of the one before")
    void releasedRecording() {
        Rig rig = rig(false);
        prepare(rig, 1, STEREO, 882);
        rig.record(0, 882);
        long second = rig.record(1, 882);
        rig.start(1);
        rig.thread.advance(STEREO.nanosOf(221 + 100));
        rig.stop(1);
        rig.release(1);
        assertThat(rig.done(1).usedBytes()).isEqualTo(2 + 400 + 8);
        byte[] expected = new byte[402];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (byte) (882 + i);
        }
        assertThat(rig.bytes(second, 402)).isEqualTo(expected);
    }

    @Test
    @DisplayName("a recording of which frames were dropped still has whole frames: the one begun is not one of them")
    void overflowKeepsTheFrameWhole() {
        Rig rig = rig(false);
        prepare(rig, 1, STEREO, 882);
        long first = rig.record(0, 882);
        rig.start(1);
        rig.thread.advance(2000 * MS);
        long second = rig.record(1, 882);
        rig.thread.advance(100 * MS);
        byte[] before = rig.bytes(first + 880, 2);
        byte[] after = rig.bytes(second, 6);
        assertThat(after[0]).isEqualTo((byte) (before[1] + 1));
        assertThat(after[1]).isEqualTo((byte) (before[1] + 2));
        assertThat(after[2] & 3).as("the beginning of a frame").isZero();
        assertThat(rig.device.statistics().get(1).xruns()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "whose memory is gone are silence; what they have of a frame is silence, and the sound keeps its place")
    void memoryIsGone() {
        Rig rig = rig(false);
        prepare(rig, 0, STEREO, 882);
        byte[] sound = sound(882);
        Arrays.fill(sound, (byte) 7);
        play(rig, 0, sound, 0, 882);
        rig.submitNowhere(2, 1, 882);
        play(rig, 2, sound, 0, 882);
        play(rig, 3, sound, 0, 882);
        rig.start(0);
        rig.thread.advance(100 * MS);
        assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_OK);
        byte[] expected = new byte[4 * 882];
        Arrays.fill(expected, (byte) 7);
        Arrays.fill(expected, 880, 2 * 882, (byte) 0); // the frame that it ended, too
        assertThat(rig.backend.played.toByteArray()).isEqualTo(expected);
    }

    @Test
    @DisplayName(
            "are an error for a driver that is held to the standard, and the next message begins with a frame (SND-75)")
    void strict() {
        Rig rig = rig(true);
        assertThat(rig.control(0x101, 0, 4 * 882, 882, 0, STEREO.word())).isNotEqualTo(VIRTIO_SND_S_OK);
        prepare(rig, 0, STEREO, 880);
        byte[] sound = sound(2000);
        rig.start(0);
        play(rig, sound, new int[] {882, 880});
        assertThat(rig.done(0).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        assertThat(rig.done(1).status()).isEqualTo(VIRTIO_SND_S_OK);
        byte[] heard = rig.backend.played.toByteArray();
        assertThat(heard).hasSize(1760);
        assertThat(Arrays.copyOfRange(heard, 880, 1760)).isEqualTo(Arrays.copyOfRange(sound, 882, 1762));

        prepare(rig, 1, STEREO, 880);
        long at = rig.record(5, 882);
        long next = rig.record(6, 880);
        rig.start(1);
        rig.thread.advance(100 * MS);
        assertThat(rig.done(5).status()).isEqualTo(VIRTIO_SND_S_IO_ERR);
        assertThat(rig.done(6).usedBytes()).isEqualTo(888);
        assertThat(rig.bytes(at, 882)[881]).isZero();
        assertThat(rig.bytes(next, 1)[0]).isEqualTo((byte) 880);
    }

    @ParameterizedTest
    @EnumSource(ExchangeRule.class)
    @DisplayName("are the same sound and recording when the card is saved and restored at any moment")
    void savedInTheMiddle(ExchangeRule exchange) throws SnapshotException {
        Random random = new Random(4);
        Rig rig = rig(false, exchange);
        rig.backend.sinkReports = PositionReports.NONE;
        Shape shape = new Shape(PcmFormat.S24_3, 2, 48000);
        prepare(rig, 0, shape, 1000);
        prepare(rig, 1, shape, 1000);
        byte[] sound = sound(shape.frameBytes() * 10_000);
        int[] lengths = cut(random, sound.length, 3000);
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        rig.start(0);
        rig.start(1);
        int at = 0;
        int sent = 0;
        int played = 0;
        int asked = 10_000;
        long[] places = new long[1000];
        int got = 0;
        rig.done.clear();
        while (played < lengths.length) {
            int most = exchange == ExchangeRule.SINGLE ? 1 : 3;
            while (sent < lengths.length && sent - played < most) {
                play(rig, sent, sound, at, lengths[sent]);
                at += lengths[sent++];
            }
            while (asked - 10_000 - got < 3) {
                places[asked - 10_000] = rig.record(asked, 1001);
                asked++;
            }
            rig.thread.advance(random.nextLong(5 * MS));
            LiveSnapshotTest.saveAndRestore(rig);
            for (int tag : rig.doneTags()) {
                if (tag < 10_000) {
                    assertThat(tag).isEqualTo(played++);
                } else {
                    recorded.writeBytes(rig.bytes(places[tag - 10_000], 1001));
                    got++;
                }
            }
            rig.done.clear();
        }
        assertSame(withoutSilence(rig.backend.played.toByteArray()), sound);
        assertSame(recorded.toByteArray(), counter(recorded.size()));
    }
}
