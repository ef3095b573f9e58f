// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ToneFitTest {
    private static final double CYCLES_PER_FRAME = 440.0 / 48_000;
    private static final int PIECE = 480;
    private static final double AMPLITUDE = 16_000;

    /** So many frames of a tone, rounded as 16-bit samples are, from a place of it on. */
    private static double[] tone(int frames, double cyclesPerFrame, double from) {
        return IntStream.range(0, frames)
                .mapToDouble(i -> Math.rint(AMPLITUDE * Math.sin(2 * Math.PI * cyclesPerFrame * (i + from))))
                .toArray();
    }

    @Test
    void cleanToneHasNeitherClickNorSlip() {
        ToneFit fit = ToneFit.of(tone(96_000, CYCLES_PER_FRAME, 0), CYCLES_PER_FRAME, PIECE);

        assertThat(fit.pieces()).hasSize(200);
        assertThat(fit.worstResidual()).isLessThan(1e-4);
        assertThat(fit.jumps(0.5)).isZero();
        assertThat(fit.ppb(CYCLES_PER_FRAME)).isCloseTo(0, within(100.0));
    }

    @Test
    void resampledToneIsOffInFrequencyOnly() {
        double resampled = CYCLES_PER_FRAME * (1 - 500e-6);
        ToneFit fit = ToneFit.of(tone(96_000, resampled, 0), CYCLES_PER_FRAME, PIECE);

        assertThat(fit.ppb(CYCLES_PER_FRAME) / 1e3).isCloseTo(-500, within(0.1));
        assertThat(fit.worstResidual()).isLessThan(1e-4);
        assertThat(fit.jumps(0.5)).isZero();
    }

    @Test
    void frameLeftOutIsAJump() {
        double[] samples = tone(96_000, CYCLES_PER_FRAME, 0);
        System.arraycopy(samples, 50_001, samples, 50_000, 96_000 - 50_001);

        ToneFit fit = ToneFit.of(samples, CYCLES_PER_FRAME, PIECE);

        assertThat(fit.jumps(0.4)).isBetween(1L, 2L); // in the middle of a piece it shows at both its ends
        assertThat(fit.worstResidual()).isGreaterThan(0.01);
    }

    @Test
    void singleWrongSampleIsAClick() {
        double[] samples = tone(96_000, CYCLES_PER_FRAME, 0);
        samples[30_000] += 0.05 * AMPLITUDE;

        ToneFit fit = ToneFit.of(samples, CYCLES_PER_FRAME, PIECE);

        assertThat(fit.worstResidual()).isBetween(0.045, 0.055);
        assertThat(fit.jumps(0.5)).isZero();
    }

    @Test
    void phaseTellsWhichFrameItIs() {
        ToneFit fit = ToneFit.of(tone(96_000, CYCLES_PER_FRAME, 7), CYCLES_PER_FRAME, PIECE);

        double cycle = 1 / CYCLES_PER_FRAME;
        double found = fit.toneFrameAt(80_000, CYCLES_PER_FRAME) - 80_007;
        assertThat(found - Math.rint(found / cycle) * cycle).isCloseTo(0, within(0.01));
    }
}
