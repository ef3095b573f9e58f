// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.sound;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The sound that was played, as far as there is room. One thread at a time. */
final class Tape {
    private final byte[] tape;
    private int length;

    Tape(int mostBytes) {
        tape = new byte[mostBytes];
    }

    /** Copies the bytes between position and limit, and moves neither. */
    void add(ByteBuffer frames) {
        int bytes = Math.min(frames.remaining(), tape.length - length);
        frames.get(frames.position(), tape, length, bytes);
        length += bytes;
    }

    byte[] played() {
        return Arrays.copyOf(tape, length);
    }
}
