// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * How fast the media kit's TimeSource runs: a least-squares line through what the kernel reported of each exchange.
 *
 * @param rateHz frames per second of the guest's clock
 * @param errorHz the rate's standard error, as for independent times
 */
public record TimeSourceFit(double rateHz, double errorHz) {
    private static final int NANOS_PER_MICRO = 1000;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double PPM = 1e6;

    /**
     * Through what the kernel reported of three exchanges or more since one START.
     *
     * @param frames played_frames_count, or recorded_frames_count
     * @param micros played_real_time, or recorded_real_time
     */
    public static <E> TimeSourceFit through(List<E> exchanges, ToLongFunction<E> frames, ToLongFunction<E> micros) {
        long[] numbers = exchanges.stream().mapToLong(frames).toArray();
        long[] nanos = exchanges.stream()
                .mapToLong(exchange -> micros.applyAsLong(exchange) * NANOS_PER_MICRO)
                .toArray();
        LineFit line = LineFit.through(numbers, nanos);
        double rateHz = NANOS_PER_SECOND / line.slopeNanos();
        return new TimeSourceFit(rateHz, rateHz * line.slopeErrorNanos() / line.slopeNanos());
    }

    /** How far it is from a rate, in parts per million. */
    public double offPpm(double hz) {
        return (rateHz / hz - 1) * PPM;
    }

    /** The standard error in parts per million. */
    public double errorPpm() {
        return errorHz / rateHz * PPM;
    }
}
