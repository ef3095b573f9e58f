// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmFormat;

/**
 * Makes a stream's frames quieter, each channel by its own factor. A change takes {@value #RAMP_MILLIS} ms, frame by
 * frame, so that it does not click. At a factor of 1 not a byte is touched, at 0 samples are the format's silence. No factor is above
 * 1, so nothing is ever clipped. Formats that are not linear can only be passed or silenced as a whole.
 *
 * <p>One thread; allocates only in {@link #open}.
 */
public final class GainStage {
    /** How long a change takes. */
    public static final int RAMP_MILLIS = 8;

    private static final int MILLIS_PER_SECOND = 1000;

    private final double[] wanted;
    private final double[] from;
    private final double[] to;
    private PcmFormat format = PcmFormat.S16;
    private @Nullable LinearSample linear;
    private int sampleBytes = 1;
    private int channels;
    private int rampFrames;
    private int leftFrames;
    private boolean unity = true;
    private boolean silent;

    /** @param mostChannels of the stream; all factors are 1 */
    public GainStage(int mostChannels) {
        wanted = new double[mostChannels];
        from = new double[mostChannels];
        to = new double[mostChannels];
        Arrays.fill(wanted, 1);
    }

    /** Another sound begins: its first frame has the present factors. */
    public void open(PcmFormat ofFormat, int rateHz, int channelCount) {
        if (linear == null || format != ofFormat) {
            linear = LinearSample.supported(ofFormat) ? new LinearSample(ofFormat) : null;
        }
        format = ofFormat;
        sampleBytes = Math.max(1, ofFormat.sampleBytes());
        channels = channelCount;
        rampFrames = Math.max(1, rateHz * RAMP_MILLIS / MILLIS_PER_SECOND);
        leftFrames = 0;
        aimAtWanted();
    }

    /**
     * Changes the factors, from the next frame on.
     *
     * @param gains 0..1 for each channel; mono takes the greatest, since it is heard on all sides
     */
    public void change(double[] gains) {
        if (Arrays.equals(gains, wanted)) {
            return;
        }
        for (int channel = 0; channel < channels; channel++) {
            from[channel] = Math.max(0, Math.min(1, at(channel, leftFrames)));
        }
        System.arraycopy(gains, 0, wanted, 0, wanted.length);
        leftFrames = linear == null ? 0 : rampFrames;
        aimAtWanted();
    }

    private void aimAtWanted() {
        unity = true;
        silent = true;
        for (int channel = 0; channel < channels; channel++) {
            to[channel] = wanted[channel];
        }
        if (channels == 1) {
            for (double gain : wanted) {
                to[0] = Math.max(to[0], gain);
            }
        }
        for (int channel = 0; channel < channels; channel++) {
            unity &= to[channel] == 1;
            silent &= to[channel] == 0;
        }
    }

    /** Frames until a change is complete. */
    public int leftFrames() {
        return leftFrames;
    }

    /** The factor of a channel before the change that is under way; if none is, the present one. */
    public double from(int channel) {
        return leftFrames > 0 ? from[channel] : to[channel];
    }

    /** After {@link #open}: goes on in the middle of a change, as another stage of the same factors has said. */
    public void resume(int left, double[] before) {
        leftFrames = Math.min(left, rampFrames);
        System.arraycopy(before, 0, from, 0, channels);
    }

    /** Applies the factors to the frames from position to limit, in place. */
    public void apply(ByteBuffer frames) {
        if (leftFrames == 0 && unity) {
            return;
        }
        int frameBytes = sampleBytes * channels;
        int at = frames.position();
        for (; leftFrames > 0 && at < frames.limit(); at += frameBytes) {
            leftFrames--;
            for (int channel = 0; channel < channels; channel++) {
                scale(frames, at + channel * sampleBytes, at(channel, leftFrames));
            }
        }
        if (at < frames.limit() && !unity) {
            applyConstant(frames, at, frameBytes);
        }
    }

    private void applyConstant(ByteBuffer frames, int start, int frameBytes) {
        if (silent) {
            int position = frames.position();
            format.fillSilence(frames.position(start));
            frames.position(position);
            return;
        }
        for (int channel = 0; channel < channels; channel++) {
            double gain = to[channel];
            if (gain != 1) {
                for (int at = start + channel * sampleBytes; at < frames.limit(); at += frameBytes) {
                    scale(frames, at, gain);
                }
            }
        }
    }

    private double at(int channel, int framesBeforeEnd) {
        if (framesBeforeEnd == 0) {
            return to[channel];
        }
        if (framesBeforeEnd >= rampFrames) {
            return from[channel]; // rounding would make it a little less than 0, or more than 1
        }
        return to[channel] + (from[channel] - to[channel]) * framesBeforeEnd / rampFrames;
    }

    private void scale(ByteBuffer frames, int at, double gain) {
        LinearSample sample = linear;
        if (sample != null) {
            sample.store(frames, at, sample.load(frames, at) * gain);
        }
    }
}
