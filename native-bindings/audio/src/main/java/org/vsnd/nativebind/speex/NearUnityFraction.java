// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.speex;

/**
 * The fraction nearest to a ratio close to 1 that {@code speex_resampler_set_rate_frac} accepts without a click.
 *
 * <p>The library reduces a fraction, and then rounds its place between two samples to the new denominator, in 32-bit
 * arithmetic: a denominator of 65536 or more overflows (RESAMPLER_ERR_OVERFLOW), and a small one causes a jump (1:1, of
 * up to a whole sample). So the denominator is kept between {@value #LEAST_DENOMINATOR} and {@value #MOST_DENOMINATOR},
 * with nothing left to reduce. A ratio {@code 1 + k / d} is then met within 1e-7, and better the closer it is to 1.
 * Closer to 1 than {@code 1 / d} there is no such fraction; the two nearest alternate, and {@link #passed} says for how
 * long.
 */
final class NearUnityFraction {
    static final int MOST_DENOMINATOR = 65535;
    static final int LEAST_DENOMINATOR = 32000;

    private double wanted = 1;
    private double owed; // wanted less given, in frames taken
    private int numerator = MOST_DENOMINATOR + 1;
    private int denominator = MOST_DENOMINATOR;

    int numerator() {
        return numerator;
    }

    int denominator() {
        return denominator;
    }

    /** The ratio in force: that of {@link #numerator} and {@link #denominator}. */
    double ratio() {
        return (double) numerator / denominator;
    }

    /** Chooses the fraction for the next frames. */
    void choose(double ratio) {
        wanted = ratio;
        double deviation = Math.abs(ratio - 1);
        int step = (int) (deviation * MOST_DENOMINATOR);
        if (step == 0) {
            set(owed >= 0 ? 1 : -1, MOST_DENOMINATOR);
            return;
        }
        int nearest = (int) Math.min(MOST_DENOMINATOR, Math.rint(step / deviation));
        while (gcd(step, nearest) != 1) {
            nearest--;
        }
        set(ratio > 1 ? step : -step, nearest);
    }

    /** This many frames have been produced with the fraction in force. */
    void passed(int frames) {
        owed += (wanted - ratio()) * frames;
    }

    private void set(int step, int newDenominator) {
        numerator = newDenominator + step;
        denominator = newDenominator;
    }

    private static int gcd(int a, int b) {
        int x = a;
        int y = b;
        while (y != 0) {
            int rest = x % y;
            x = y;
            y = rest;
        }
        return x;
    }
}
