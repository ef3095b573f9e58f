// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

/**
 * Which period each of a stream's interrupts belongs to. Interrupts may be late, by more than a period too, but not early;
 * one may stand for two periods; so counting them will not do.
 */
public final class PeriodNumbers {
    /** By how much of a period an interrupt may be early against the earliest before it. */
    private static final double EARLY = 0.2;
    /** How fast the line through the earliest gives way to later ones. */
    private static final double GIVE = 0.02;

    private PeriodNumbers() {}

    /**
     * Numbers them, ascending.
     *
     * @param nanos when they came, ascending
     * @return relative to the first, which is 0 unless the next ones show that it was late
     */
    public static long[] of(long[] nanos, double periodNanos) {
        long[] numbers = new long[nanos.length];
        double phase = 0; // where number 0 would have been, from nanos[0]
        for (int i = 1; i < nanos.length; i++) {
            double at = nanos[i] - nanos[0] - phase;
            numbers[i] = (long) Math.floor(at / periodNanos + EARLY);
            double late = at - numbers[i] * periodNanos;
            phase += late < 0 ? late : GIVE * late;
            makeRoom(numbers, i);
        }
        return numbers;
    }

    /** Two in one period: what came before was late. */
    private static void makeRoom(long[] numbers, int last) {
        for (int i = last - 1; i >= 0 && numbers[i] >= numbers[i + 1]; i--) {
            numbers[i] = numbers[i + 1] - 1;
        }
    }
}
