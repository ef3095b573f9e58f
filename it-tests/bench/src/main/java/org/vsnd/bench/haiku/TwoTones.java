// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.measure.ToneFit;
import org.vsnd.measure.sound.SoundFormat;

/**
 * What the guest records: a sine of 440 Hz on the left and one of 441 Hz on the right, at half scale. Both together say of
 * a piece of any recording, resampled too, which of the tones' frames it is; they begin again with each second.
 */
final class TwoTones {
    private static final int LEFT_HZ = 440;
    private static final int RIGHT_HZ = 441;
    private static final double TWO_PI = 2 * Math.PI;
    private static final double HALF_SCALE = 0.5;
    private static final int PIECES_PER_SECOND = 100;
    /** Half of a 16-bit sample's rounding and what little a resampler adds is much less. */
    private static final double SAME_TONE = 0.05;

    private final SoundFormat format;

    TwoTones(SoundFormat format) {
        this.format = format;
    }

    private double cyclesPerFrame(int channel) {
        return (double) (channel == 0 ? LEFT_HZ : RIGHT_HZ) / format.rateHz();
    }

    /** The first frames, interleaved, little-endian. */
    byte[] frames(int count) {
        ByteBuffer out = ByteBuffer.allocate(count * format.frameBytes()).order(ByteOrder.LITTLE_ENDIAN);
        double scale = HALF_SCALE * fullScale();
        for (int frame = 0; frame < count; frame++) {
            for (int channel = 0; channel < format.channels(); channel++) {
                long sample = Math.round(scale * Math.sin(TWO_PI * cyclesPerFrame(channel) * frame));
                if (format.sampleBytes() == 2) {
                    out.putShort((short) sample);
                } else {
                    out.putInt((int) sample);
                }
            }
        }
        return out.array();
    }

    private double fullScale() {
        return Math.scalb(1.0, 8 * format.sampleBytes() - 1);
    }

    /** One channel of some frames of a recording, fitted in pieces of 10 ms. */
    ToneFit fit(byte[] recording, int from, int count, int channel) {
        ByteBuffer frames = ByteBuffer.wrap(recording).order(ByteOrder.LITTLE_ENDIAN);
        double[] samples = new double[count];
        for (int i = 0; i < count; i++) {
            int at = (from + i) * format.frameBytes() + channel * format.sampleBytes();
            samples[i] = format.sampleBytes() == 2 ? frames.getShort(at) : frames.getInt(at);
        }
        return ToneFit.of(samples, cyclesPerFrame(channel), format.rateHz() / PIECES_PER_SECOND);
    }

    /**
     * Which of the tones' frames a place of a recording is, 0 to less than a second's.
     *
     * @param from first frame of an unbroken piece around it
     * @param count frames of that piece, some tenths of a second
     * @param place in the recording
     * @return NaN if that piece is something else, or broken
     */
    double frameAt(byte[] recording, int from, int count, double place) {
        ToneFit left = fit(recording, from, count, 0);
        ToneFit right = fit(recording, from, count, 1);
        if (!(left.worstResidual() < SAME_TONE && right.worstResidual() < SAME_TONE)) {
            return Double.NaN;
        }
        double leftCycles = left.toneFrameAt(place - from, cyclesPerFrame(0)) * cyclesPerFrame(0);
        double rightCycles = right.toneFrameAt(place - from, cyclesPerFrame(1)) * cyclesPerFrame(1);
        double beat = rightCycles - leftCycles;
        double seconds = (beat - Math.floor(beat)) / (RIGHT_HZ - LEFT_HZ); // roughly: to a fraction of a cycle
        double wholeCycles = Math.rint(seconds * LEFT_HZ - leftCycles);
        double frame = (leftCycles + wholeCycles) / cyclesPerFrame(0);
        return frame - Math.floor(frame / format.rateHz()) * format.rateHz();
    }
}
