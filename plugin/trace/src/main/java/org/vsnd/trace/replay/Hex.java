// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

/** Numbers as they are written down, and their bytes. */
final class Hex {
    private Hex() {}

    static String of(long value) {
        return "0x" + Long.toHexString(value);
    }

    /** Byte {@code index} of a little-endian number, zero-extended. */
    static int byteAt(long value, int index) {
        return (int) (value >>> (Byte.SIZE * index)) & 0xff;
    }
}
