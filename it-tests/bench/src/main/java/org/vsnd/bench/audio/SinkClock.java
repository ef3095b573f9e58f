// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import org.vsnd.measure.LineFit;

/**
 * A sink's own clock.
 *
 * @param ppm how much faster than nominal it runs
 * @param errorPpm the standard error of that, 0 if it is known exactly
 */
public record SinkClock(double ppm, double errorPpm) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double PPM = 1e6;

    /** One that was made to run at a rate. */
    public static SinkClock known(double ppm) {
        return new SinkClock(ppm, 0);
    }

    /**
     * One that was watched.
     *
     * @param frames frames against nanoseconds
     * @param rateHz its nominal rate
     */
    public static SinkClock seen(LineFit frames, int rateHz) {
        double nanosPerFrame = NANOS_PER_SECOND / rateHz;
        return new SinkClock(
                (nanosPerFrame / frames.slopeNanos() - 1) * PPM, frames.slopeErrorNanos() / nanosPerFrame * PPM);
    }
}
