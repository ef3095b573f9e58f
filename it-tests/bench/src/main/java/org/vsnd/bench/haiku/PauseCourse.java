// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.vsnd.guest.haiku.MultiAudioNode;

/**
 * A media server that is busy elsewhere now and then while the streams run.
 *
 * @param pauseMillis how long, each time
 * @param warmUp exchanges before all that counts
 * @param before exchanges before the first pause
 * @param between exchanges between two pauses
 * @param after exchanges after the last one
 */
record PauseCourse(List<Long> pauseMillis, int warmUp, int before, int between, int after) implements Duplex.Course {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /**
     * Exchanges without a pause.
     *
     * @param name when it was
     * @param from the first of them
     * @param to the one behind the last
     */
    record Piece(String name, int from, int to) {}

    @Override
    public void take(MultiAudioNode node) {
        node.exchange(warmUp + before);
        for (int i = 0; i < pauseMillis.size(); i++) {
            node.pause(pauseMillis.get(i) * NANOS_PER_MILLI);
            node.exchange(i < pauseMillis.size() - 1 ? between : after);
        }
    }

    /** How many exchanges it has. */
    int exchanges() {
        return warmUp + before + (pauseMillis.size() - 1) * between + after;
    }

    /** What was before the first pause and after each, but for the warm-up and the exchange in which a pause ended. */
    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        int at = warmUp + before;
        pieces.add(new Piece("before", warmUp, at));
        for (int i = 0; i < pauseMillis.size(); i++) {
            int count = i < pauseMillis.size() - 1 ? between : after;
            pieces.add(new Piece("after " + seconds(pauseMillis.get(i)), at + 1, at + count));
            at += count;
        }
        return pieces;
    }

    private static String seconds(long millis) {
        return millis / 1000.0 + " s";
    }

    @Override
    public String toString() {
        return pauseMillis.stream().map(PauseCourse::seconds).collect(Collectors.joining(", "));
    }
}
