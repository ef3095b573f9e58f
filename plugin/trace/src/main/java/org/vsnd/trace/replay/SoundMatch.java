// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.vsnd.audio.PcmParams;

/**
 * Finds messages one after the other in what came out. Where the next one is not, silence may stand before it: only whole
 * frames of silence, and only between two messages.
 */
final class SoundMatch {
    private final byte[] tape;
    private final int frameBytes;
    private final byte[] silence;
    private int at;
    private long matchedBytes;
    private long silentFrames;
    private int silences;

    SoundMatch(byte[] tape, PcmParams params) {
        this.tape = tape;
        frameBytes = params.frameBytes();
        ByteBuffer frame = ByteBuffer.allocate(frameBytes);
        params.format().fillSilence(frame);
        silence = frame.array();
    }

    /** Goes behind a message that must be there as a whole; false: it is not there. */
    boolean whole(byte[] message, int from) {
        int length = message.length - from;
        int skip = skipTo(message, from, length);
        if (skip < 0) {
            return false;
        }
        take(skip, length);
        return true;
    }

    /** Goes behind as much of a message's beginning as there is; false: not all of it is there. */
    boolean beginning(byte[] message, int from) {
        int length = message.length - from;
        int skip = skipTo(message, from, Math.min(length, frameBytes));
        if (skip < 0) {
            return false;
        }
        int same = Arrays.mismatch(tape, at + skip, tape.length, message, from, message.length);
        int matched = same < 0 ? length : Math.min(same, length) / frameBytes * frameBytes;
        take(skip, matched);
        return matched == length;
    }

    /** Bytes of silence before the first bytes of a message; -1 if they do not follow. */
    private int skipTo(byte[] message, int from, int length) {
        if (isAt(0, message, from, length)) {
            return 0;
        }
        int silent = silentBytes(tape, at);
        int skip = silent - silentBytes(message, from); // its own silence is no hole
        return skip > 0 && isAt(skip, message, from, length) ? skip : -1;
    }

    private boolean isAt(int skip, byte[] message, int from, int length) {
        int start = at + skip;
        return start + length <= tape.length
                && Arrays.equals(tape, start, start + length, message, from, from + length);
    }

    private int silentBytes(byte[] bytes, int from) {
        int end = from;
        while (end + frameBytes <= bytes.length
                && Arrays.equals(bytes, end, end + frameBytes, silence, 0, frameBytes)) {
            end += frameBytes;
        }
        return end - from;
    }

    private void take(int skip, int length) {
        at += skip + length;
        matchedBytes += length;
        silentFrames += skip / frameBytes;
        silences += skip > 0 ? 1 : 0;
    }

    /** Whether nothing but the rest of a silence is left. */
    boolean atEnd() {
        int silent = silentBytes(tape, at);
        if (silent > 0 && at + silent == tape.length) {
            take(silent, 0);
        }
        return at == tape.length;
    }

    /** What stands where the next message should. */
    String mismatch() {
        int end = Math.min(at + 4 * frameBytes, tape.length);
        return at == tape.length
                ? "the end, after " + frames() + " frames"
                : "frames that begin with " + HexFormat.of().formatHex(tape, at, end);
    }

    /** Frames looked at so far. */
    long frames() {
        return at / frameBytes;
    }

    long matchedBytes() {
        return matchedBytes;
    }

    /** Frames of silence between messages. */
    long silentFrames() {
        return silentFrames;
    }

    /** Stretches of it. */
    int silences() {
        return silences;
    }
}
