// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.vsnd.audio.Allocation;
import org.vsnd.audio.PcmFormat;

@DisplayName("The stage that makes frames quieter")
class GainStageTest {
    private static final int RATE = 48000;
    private static final int RAMP = RATE * GainStage.RAMP_MILLIS / 1000;

    private final GainStage gain = new GainStage(2);

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Frames of one value in both channels. */
    private static ByteBuffer constant(int frames, int value) {
        ByteBuffer buffer = buffer(4 * frames);
        while (buffer.hasRemaining()) {
            buffer.putShort((short) value);
        }
        return buffer.flip();
    }

    private static ByteBuffer noise(PcmFormat format, int samples) {
        ByteBuffer buffer = buffer(samples * format.sampleBytes());
        byte[] bytes = new byte[buffer.capacity()];
        new Random(7).nextBytes(bytes);
        return buffer.put(bytes).flip();
    }

    private ByteBuffer apply(ByteBuffer frames) {
        int position = frames.position();
        int limit = frames.limit();
        gain.apply(frames);
        assertThat(frames.position()).isEqualTo(position);
        assertThat(frames.limit()).isEqualTo(limit);
        return frames;
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "IMA_ADPCM")
    @DisplayName("leaves every byte of every format at a factor of 1, and is silence at 0")
    void leavesOrSilences(PcmFormat format) {
        gain.open(format, RATE, 2);
        ByteBuffer frames = noise(format, 2000);
        assertThat(apply(frames)).isEqualTo(noise(format, 2000));
        gain.change(new double[] {0, 0});
        gain.open(format, RATE, 2); // no change under way
        ByteBuffer silence = buffer(frames.capacity());
        format.fillSilence(silence);
        assertThat(apply(frames)).isEqualTo(silence.flip());
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"DSD_U8", "DSD_U16", "DSD_U32", "IEC958_SUBFRAME"})
    @DisplayName("passes or silences what is not linear, at once")
    void passesWhatIsNotLinear(PcmFormat format) {
        gain.open(format, RATE, 2);
        gain.change(new double[] {0.5, 1});
        assertThat(apply(noise(format, 2000))).isEqualTo(noise(format, 2000));
        gain.change(new double[] {0, 0});
        ByteBuffer silence = buffer(2000 * format.sampleBytes());
        format.fillSilence(silence);
        assertThat(apply(noise(format, 2000))).isEqualTo(silence.flip());
    }

    @Test
    @DisplayName("changes frame by frame, each channel for itself, across buffers")
    void rampsFrameByFrame() {
        gain.open(PcmFormat.S16, RATE, 2);
        gain.change(new double[] {0, 0.5});
        int value = 20000;
        int frame = 0;
        for (int frames : new int[] {1, 100, RAMP, 7}) {
            ByteBuffer buffer = apply(constant(frames, value));
            while (buffer.hasRemaining()) {
                frame++;
                double left = Math.max(0, RAMP - frame) / (double) RAMP;
                assertThat(buffer.getShort()).isEqualTo((short) Math.rint(value * left));
                assertThat(buffer.getShort()).isEqualTo((short) Math.rint(value * (0.5 + 0.5 * left)));
            }
        }
        assertThat(frame).isGreaterThan(RAMP);
    }

    @Test
    @DisplayName("goes on from where it is when it changes in the middle of a change: no step is larger than a ramp's")
    void changesInTheMiddle() {
        gain.open(PcmFormat.S16, RATE, 2);
        short before = 30000;
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            double to = random.nextInt(3) / 2.0;
            gain.change(new double[] {to, to});
            ByteBuffer buffer = apply(constant(1 + random.nextInt(2 * RAMP), 30000));
            while (buffer.hasRemaining()) {
                short now = buffer.getShort();
                assertThat(Math.abs(now - before)).isLessThanOrEqualTo(30000 / RAMP + 2);
                before = now;
                buffer.getShort();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"S8", "U8", "S16", "U16", "S24_3", "U20", "S32", "FLOAT", "FLOAT64"})
    @DisplayName("scales all linear formats alike")
    void scalesLinearFormats(PcmFormat format) {
        gain.change(new double[] {0.25, 1});
        gain.open(format, RATE, 2);
        LinearSample sample = new LinearSample(format);
        ByteBuffer frames = buffer(2 * format.sampleBytes());
        sample.store(frames, 0, -0.5);
        sample.store(frames, format.sampleBytes(), -0.5);
        apply(frames);
        assertThat(sample.load(frames, 0)).isEqualTo(-0.125);
        assertThat(sample.load(frames, format.sampleBytes())).isEqualTo(-0.5);
    }

    @Test
    @DisplayName("gives mono the greatest factor")
    void monoIsHeardOnAllSides() {
        gain.change(new double[] {0, 0.5});
        gain.open(PcmFormat.S16, RATE, 1);
        ByteBuffer frame = buffer(2).putShort((short) 1000).flip();
        assertThat(apply(frame).getShort()).isEqualTo((short) 500);
    }

    @Test
    @DisplayName("goes on in another stage, sample by sample")
    void resumes() {
        gain.open(PcmFormat.S16, RATE, 2);
        gain.change(new double[] {0.1, 0.9});
        apply(constant(100, 9000));
        GainStage other = new GainStage(2);
        other.change(new double[] {0.1, 0.9});
        other.open(PcmFormat.S16, RATE, 2);
        other.resume(gain.leftFrames(), new double[] {gain.from(0), gain.from(1)});
        ByteBuffer frames = constant(RAMP, 9000);
        other.apply(frames);
        assertThat(frames).isEqualTo(apply(constant(RAMP, 9000)));
    }

    @Test
    @DisplayName(
            "has what was heard, and a factor of 0..1, as the beginning of a change after a change before any frame")
    void changesTwiceBeforeAFrame() {
        double[] factors = {1, 0, Math.pow(10, -67 / 20.0), Math.pow(10, -50 / 20.0), Math.pow(10, -0.05), 0.3, 0.7};
        for (double first : factors) {
            for (double second : factors) {
                for (double third : factors) {
                    gain.change(new double[] {first, 1});
                    gain.open(PcmFormat.S16, RATE, 2);
                    gain.change(new double[] {second, 1});
                    gain.change(new double[] {third, 1});
                    assertThat(gain.from(0)).isEqualTo(gain.leftFrames() > 0 ? first : third);
                    gain.change(new double[] {third, 1});
                    apply(constant(RAMP, 9000));
                    assertThat(gain.from(0)).as("complete").isEqualTo(third);
                }
            }
        }
    }

    @Test
    @DisplayName("allocates nothing")
    void allocatesNothing() {
        gain.open(PcmFormat.S16, RATE, 2);
        ByteBuffer frames = constant(64, 100);
        double[][] gains = {{0.5, 1}, {0, 0}, {1, 1}};
        int[] round = {0};
        assertThat(Allocation.ofWarm(() -> {
                    gain.change(gains[round[0]++ % gains.length]);
                    gain.apply(frames);
                }))
                .isZero();
    }
}
