// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import org.vsnd.bench.BenchException;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.measure.LineFit;

/**
 * How old what is recorded is when its record buffer comes back. Only its changes mean something: the recorder that says when
 * a frame was there is late itself.
 */
final class RecordedAge {
    private static final int FRAMES = BufferExchange.FRAMES;
    /** Ages are told apart within a second of the tones; the recorder's lateness makes some less than 0. */
    private static final double LEAST_NANOS = -250e6;

    private final GuestFormat format;
    private final TwoTones tones;
    private final LineFit givenNanos;
    private final double givenPlace;
    private final double givenFrame;

    /**
     * Looks at what was there to be recorded, in its middle.
     *
     * @param given recorded beside the card
     * @param givenNanos when each frame of that was there
     */
    RecordedAge(GuestFormat format, byte[] given, LineFit givenNanos) throws BenchException {
        this.format = format;
        this.givenNanos = givenNanos;
        tones = new TwoTones(format.sound());
        int from = given.length / format.sound().frameBytes() / 2;
        givenPlace = from + FRAMES / 2.0;
        givenFrame = (from + FRAMES) * format.sound().frameBytes() > given.length
                ? Double.NaN
                : tones.frameAt(given, from, FRAMES, givenPlace);
        if (Double.isNaN(givenFrame)) {
            throw new BenchException("the tones were not there to be recorded");
        }
    }

    /**
     * Of one exchange's record buffer, in nanoseconds; NaN if the tones are not in it.
     *
     * @param recorded by all exchanges
     * @param exchange which one
     * @param backNanos when it came back
     */
    double nanos(byte[] recorded, int exchange, long backNanos) {
        int from = exchange * FRAMES;
        if ((from + FRAMES) * format.sound().frameBytes() > recorded.length) {
            return Double.NaN;
        }
        double middle = from + FRAMES / 2.0;
        double frame = tones.frameAt(recorded, from, FRAMES, middle);
        double thereNanos = givenNanos.nanosAt(givenPlace + frame - givenFrame);
        double ageNanos = backNanos - format.nanos(FRAMES / 2.0) - thereNanos;
        double againNanos = format.rateHz() * givenNanos.slopeNanos();
        return ageNanos - Math.floor((ageNanos - LEAST_NANOS) / againNanos) * againNanos;
    }
}
