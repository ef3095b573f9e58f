// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.tone;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.frames.LinearSample;

/**
 * A sine at half scale, {@code toneHz} in the first, third, ... channel and one and a half times that in the others. A
 * sample is a pure function of its frame's number, so the tone is continuous, never drifts, and a test can compute it.
 */
final class ToneSource implements AudioSource {
    private final PcmParams params;
    private final int toneHz;
    private final LinearSample sample;
    private long frame; // number of the next frame to read

    /** Only for formats that {@link LinearSample} supports. */
    ToneSource(PcmParams params, int toneHz) {
        this.params = params;
        this.toneHz = toneHz;
        sample = new LinearSample(params.format());
    }

    /** The sample of one channel in one frame, -0.5..0.5. */
    static double valueAt(int toneHz, int rateHz, int channel, long frame) {
        long half = 2L * rateHz; // in half cycles a second, so that both tones are whole numbers
        long phase = frame % half * ((channel & 1) == 0 ? 2L * toneHz : 3L * toneHz) % half;
        // Quadrants in whole numbers, so that quarters are exact. Not StrictMath, whose sine allocates on newer
        // JDKs.
        long quadrant = 4 * phase / half;
        long rest = 4 * phase - quadrant * half;
        double value = (quadrant & 1) == 0 ? quarterSine(rest, half) : quarterSine(half - rest, half);
        return quadrant < 2 ? value : -value;
    }

    /** Half of the sine of {@code part / whole} of a right angle. */
    private static double quarterSine(long part, long whole) {
        return 0.5
                * (2 * part <= whole
                        ? Math.sin(Math.PI / 2 * part / whole)
                        : Math.cos(Math.PI / 2 * (whole - part) / whole));
    }

    @Override
    public long latencyFrames() {
        return 0;
    }

    @Override
    public void start() {}

    @Override
    public void pause() {}

    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        int sampleBytes = params.format().sampleBytes();
        int frames = dst.remaining() / params.frameBytes();
        int at = dst.position();
        for (int i = 0; i < frames; i++) {
            for (int channel = 0; channel < params.channels(); channel++) {
                sample.store(dst, at, valueAt(toneHz, params.rateHz(), channel, frame + i));
                at += sampleBytes;
            }
        }
        frame += frames;
        dst.position(at);
        return frames;
    }

    @Override
    public void skip(long frames, long dueFrames) {
        frame += frames;
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {}
}
