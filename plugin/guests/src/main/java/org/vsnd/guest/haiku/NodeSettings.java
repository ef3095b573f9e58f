// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;

/**
 * How the media server's node goes about it.
 *
 * @param format both streams' format; null: the widest integer format of each, as the media server chooses
 * @param rateHz both streams' rate; 0: the highest of each, as the media server chooses
 * @param thinkNanos from one exchange's end to the next one's start
 */
public record NodeSettings(@Nullable SampleFormat format, int rateHz, long thinkNanos) {
    /** About what a media server with little to do takes. */
    public static final long THINK_NANOS = 2_000_000;

    /** What the media server does when nobody has changed its settings. */
    public static NodeSettings ofMediaServer() {
        return new NodeSettings(null, 0, THINK_NANOS);
    }

    /** A format and a rate the user has chosen. */
    public static NodeSettings of(SampleFormat format, int rateHz) {
        return new NodeSettings(format, rateHz, THINK_NANOS);
    }

    /** The same with another think time. */
    public NodeSettings thinking(long nanos) {
        return new NodeSettings(format, rateHz, nanos);
    }
}
