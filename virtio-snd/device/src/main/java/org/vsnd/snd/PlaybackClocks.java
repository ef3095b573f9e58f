// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.jspecify.annotations.Nullable;

/** The clocks of a device's playback streams, as its capture streams see them. */
interface PlaybackClocks {
    /** The clock by which a driver with one message in flight plays at a rate just now; null if there is none. */
    @Nullable
    StreamClock leading(int rateHz);

    /** The id of the stream that goes by a clock; -1 if none does any more. */
    int streamOf(StreamClock clock);

    /** The clock by which a stream goes; null if it plays nothing or there is no such stream. */
    @Nullable
    StreamClock of(int stream);
}
