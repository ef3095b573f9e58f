// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.vsnd.bench.BenchException;
import org.vsnd.measure.LineFit;

/**
 * The clock of what was recorded, from when its pieces came. They come late by milliseconds now and then and never early, so
 * the earliest of each whole second count.
 */
final class SourceClock {
    private static final double NANOS_PER_SECOND = 1e9;

    private SourceClock() {}

    /**
     * Frames recorded at a time.
     *
     * @param endFrame how many there were then
     */
    record Piece(long endFrame, long nanos) {}

    /** The line through the earliest pieces, frames against nanoseconds, of those that came from one time to another. */
    static LineFit of(List<Piece> pieces, int rateHz, long fromNanos, long toNanos) throws BenchException {
        NavigableMap<Long, Piece> earliest = new TreeMap<>();
        long firstFrame = -1;
        for (Piece piece : pieces) {
            if (piece.nanos >= fromNanos && piece.nanos <= toNanos) {
                firstFrame = firstFrame < 0 ? piece.endFrame : firstFrame;
                long second = (piece.endFrame - firstFrame) / rateHz;
                earliest.merge(second, piece, (one, other) -> lateness(other, one, rateHz) < 0 ? other : one);
            }
        }
        earliest.pollLastEntry(); // of a part of a second, perhaps of one late piece
        if (earliest.size() < 3) {
            throw new BenchException("parec recorded too little to tell the clock from");
        }
        return LineFit.through(
                earliest.values().stream().mapToLong(Piece::endFrame).toArray(),
                earliest.values().stream().mapToLong(Piece::nanos).toArray());
    }

    /** How much later a piece came than another one leads to expect. */
    private static double lateness(Piece piece, Piece other, int rateHz) {
        return piece.nanos - other.nanos - (piece.endFrame - other.endFrame) * NANOS_PER_SECOND / rateHz;
    }
}
