// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import org.vsnd.measure.ToneFit;
import org.vsnd.measure.sound.SoundFormat;

/**
 * How whole the tones in a recording are.
 *
 * @param silentFrames before they begin
 * @param worstResidual the largest distance of a sample from its sine, as a share of the amplitude; NaN without any
 * @param jumps how often frames were left out or repeated
 */
record RecordedTone(long silentFrames, double worstResidual, long jumps) {
    /** A sample further off than this is a click: some bits of a 16-bit sample are not. */
    static final double CLICK = 0.01;

    private static final double SLIP_FRAMES = 0.5;
    /** How sound begins is another matter. */
    private static final int BEGINNINGS_PER_SECOND = 100;

    /** Looks at both channels from a little after the first frame that is not silent. */
    static RecordedTone in(byte[] recording, SoundFormat format) {
        int frameBytes = format.frameBytes();
        int silentBytes = 0;
        while (silentBytes < recording.length && recording[silentBytes] == 0) {
            silentBytes++;
        }
        int silentFrames = silentBytes / frameBytes;
        int from = silentFrames + format.rateHz() / BEGINNINGS_PER_SECOND;
        int frames = Math.max(0, recording.length / frameBytes - from);
        double residual = 0;
        long jumps = 0;
        for (int channel = 0; channel < format.channels(); channel++) {
            ToneFit fit = new TwoTones(format).fit(recording, from, frames, channel);
            residual = Math.max(residual, fit.worstResidual()); // NaN stays
            jumps += fit.jumps(SLIP_FRAMES);
        }
        return new RecordedTone(silentFrames, residual, jumps);
    }

    /** Whether nothing is missing, repeated or spoilt. */
    boolean unbroken() {
        return worstResidual <= CLICK && jumps == 0;
    }
}
