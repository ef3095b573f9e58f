// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** Frames that can be told from silence, and whose place can be told from their content: no byte is ever zero. */
public final class BytePattern {
    private BytePattern() {}

    /** The byte at a place of the stream of a seed. */
    public static byte at(long seed, long place) {
        long mixed = (place + seed * 0x9e37_79b9L) * 0xbf58_476d_1ce4_e5b9L;
        return (byte) ((mixed >>> 40) | 1);
    }

    /** Writes a piece of the stream to guest memory. Allocates nothing. */
    public static void write(GuestRam ram, long address, int length, long seed, long place) {
        for (int i = 0; i < length; i++) {
            ram.put8(address + i, at(seed, place + i));
        }
    }

    /** A piece of the stream. */
    public static byte[] bytes(long seed, long place, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(seed, place + i);
        }
        return bytes;
    }
}
