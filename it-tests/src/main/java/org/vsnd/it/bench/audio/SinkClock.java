package org.vsnd.it.bench.audio;

import org.vsnd.it.bench.Shape;
import org.vsnd.it.measure.LineFit;

/**
 * A sink's own clock.
 *
 * @param ppm how much faster than nominal it runs
 * @param errorPpm the standard error of that, 0 if it is known exactly
 */
record SinkClock(double ppm, double errorPpm) {
    private static final double NANOS_PER_FRAME = 1e9 / Shape.RATE_HZ;
    private static final double PPM = 1e6;

    /** One that was made to run at a rate. */
    static SinkClock known(double ppm) {
        return new SinkClock(ppm, 0);
    }

    /**
     * One that was watched.
     *
     * @param frames frames against nanoseconds
     */
    static SinkClock seen(LineFit frames) {
        return new SinkClock(
                (NANOS_PER_FRAME / frames.slopeNanos() - 1) * PPM, frames.slopeErrorNanos() / NANOS_PER_FRAME * PPM);
    }
}
