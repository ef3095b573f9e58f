// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Stereo S16 frames, none silent, no two stretches alike. */
final class Pattern {
    static final int FRAME_BYTES = 4;

    /** How much of a sound {@link #find} goes by. */
    static final int KEY_BYTES = 32 * FRAME_BYTES;

    private Pattern() {}

    static byte[] frames(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count * FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putShort((short) (i | 1)).putShort((short) ((i >> 8) * 77 + i % 251 + 1));
        }
        return bytes.array();
    }

    /** Where {@code wanted} begins in {@code heard}, in frames; -1 if its first frames are not there. */
    static int find(byte[] heard, byte[] wanted) {
        for (int at = 0; at + KEY_BYTES <= heard.length; at += FRAME_BYTES) {
            int same = 0;
            while (same < KEY_BYTES && heard[at + same] == wanted[same]) {
                same++;
            }
            if (same == KEY_BYTES) {
                return at / FRAME_BYTES;
            }
        }
        return -1;
    }

    /** How many of the frames from there on are the same. */
    static int same(byte[] heard, int fromFrame, byte[] wanted) {
        int at = fromFrame * FRAME_BYTES;
        int same = 0;
        while (same < wanted.length && at + same < heard.length && heard[at + same] == wanted[same]) {
            same++;
        }
        return same / FRAME_BYTES;
    }
}
