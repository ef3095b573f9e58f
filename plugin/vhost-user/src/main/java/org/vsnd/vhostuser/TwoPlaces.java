// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * A record in mapped memory, written as a whole again and again. It has two places, and the one that is not valid is written:
 * whenever the process is killed, one is whole. Device thread only.
 */
final class TwoPlaces {
    private static final int LENGTH_AT = 0; // u32: of the content, 0 if there is none
    private static final int CHECK_AT = 4; // u32: CRC-32 of the content
    private static final int TURN_AT = 8; // u64: number of the writing
    private static final int CONTENT_AT = 16;
    private static final int PLACES = 2;
    private static final int NO_PLACE = -1;

    private final GuestMemory memory;
    private final long at;
    private final int placeLength;
    private final OwnNumbers numbers;

    /**
     * A record.
     *
     * @param at where it is
     * @param placeLength bytes of each place
     */
    TwoPlaces(GuestMemory memory, long at, int placeLength) {
        this.memory = memory;
        numbers = new OwnNumbers(memory);
        this.at = at;
        this.placeLength = placeLength;
    }

    /** Bytes of both places. */
    static long length(int placeLength) {
        return (long) PLACES * placeLength;
    }

    /** Whether so many bytes can be written. */
    boolean hasRoomFor(int bytes) {
        return bytes <= placeLength - CONTENT_AT;
    }

    /** The last content; null if there is none. */
    byte @Nullable [] read() {
        int place = validPlace();
        return place == NO_PLACE ? null : content(place);
    }

    /** Replaces the content, which is not empty. */
    void write(byte[] content) {
        if (!hasRoomFor(content.length)) {
            throw new IllegalArgumentException(content.length + " bytes");
        }
        int valid = validPlace();
        long turn = valid == NO_PLACE ? 0 : numbers.load(at(valid) + TURN_AT, Long.BYTES);
        int place = valid == NO_PLACE ? 0 : PLACES - 1 - valid;
        numbers.store(at(place) + LENGTH_AT, Integer.BYTES, 0);
        VarHandle.fullFence();
        try {
            memory.write(at(place) + CONTENT_AT, ByteBuffer.wrap(content));
        } catch (GuestMemoryException e) {
            throw new IllegalStateException(e);
        }
        numbers.store(at(place) + CHECK_AT, Integer.BYTES, check(content));
        numbers.store(at(place) + TURN_AT, Long.BYTES, turn + 1);
        VarHandle.fullFence();
        numbers.store(at(place) + LENGTH_AT, Integer.BYTES, content.length);
    }

    /** There is no content any more. */
    void clear() {
        int last = Math.max(validPlace(), 0);
        numbers.store(
                at(PLACES - 1 - last) + LENGTH_AT, Integer.BYTES, 0); // first: a kill in between must not bring it back
        VarHandle.fullFence();
        numbers.store(at(last) + LENGTH_AT, Integer.BYTES, 0);
    }

    private int validPlace() {
        int valid = NO_PLACE;
        for (int place = 0; place < PLACES; place++) {
            boolean later = valid == NO_PLACE
                    || numbers.load(at(place) + TURN_AT, Long.BYTES) > numbers.load(at(valid) + TURN_AT, Long.BYTES);
            if (later && whole(place)) {
                valid = place;
            }
        }
        return valid;
    }

    private boolean whole(int place) {
        long length = numbers.load(at(place) + LENGTH_AT, Integer.BYTES);
        return length > 0
                && length <= placeLength - CONTENT_AT
                && numbers.load(at(place) + CHECK_AT, Integer.BYTES) == Integer.toUnsignedLong(check(content(place)));
    }

    private byte[] content(int place) {
        byte[] content = new byte[(int) numbers.load(at(place) + LENGTH_AT, Integer.BYTES)];
        try {
            memory.read(at(place) + CONTENT_AT, ByteBuffer.wrap(content));
        } catch (GuestMemoryException e) {
            throw new IllegalStateException(e);
        }
        return content;
    }

    private static int check(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return (int) crc.getValue();
    }

    private long at(int place) {
        return at + (long) place * placeLength;
    }
}
