// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.trace.tape.TapeSource;

/** What a guest recorded of a {@link TapeSource}: whether it is one unbroken piece. */
final class RecordedStage {
    private static final int FIRST_PLACES = 1 << 20;
    private static final int KEY_BYTES = 16;

    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();

    void take(byte[] bytes) {
        recorded.writeBytes(bytes);
    }

    int length() {
        return recorded.size();
    }

    /** Breaks in the pattern, silence included; -1: there is nothing of it. */
    int holes() {
        byte[] bytes = recorded.toByteArray();
        int at = 0;
        int holes = 0;
        long from = 0;
        while (at < bytes.length) {
            long place = bytes.length - at < KEY_BYTES ? -1 : placeOf(bytes, at, from);
            if (place < 0) {
                return at == 0 ? -1 : holes + 1;
            }
            int start = at;
            while (at < bytes.length && bytes[at] == BytePattern.at(TapeSource.SEED, place + at - start)) {
                at++;
            }
            from = place + at - start;
            holes += at < bytes.length ? 1 : 0;
        }
        return holes;
    }

    private static long placeOf(byte[] bytes, int at, long from) {
        byte[] pattern = BytePattern.bytes(TapeSource.SEED, from, FIRST_PLACES);
        for (int i = 0; i + KEY_BYTES <= pattern.length; i++) {
            if (pattern[i] == bytes[at] && Arrays.equals(pattern, i, i + KEY_BYTES, bytes, at, at + KEY_BYTES)) {
                return from + i;
            }
        }
        return -1;
    }
}
