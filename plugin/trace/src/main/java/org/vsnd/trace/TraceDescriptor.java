// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

/**
 * One descriptor of a chain.
 *
 * @param index its place in the descriptor table, or in the indirect table, 0 to 65535
 * @param address guest-physical, unsigned
 * @param length bytes, 0 to 2^32 - 1
 * @param flags VIRTQ_DESC_F_NEXT 1, VIRTQ_DESC_F_WRITE 2
 * @param content what stood there, as far as the trace says
 */
public record TraceDescriptor(int index, long address, long length, int flags, TraceContent content) {
    /** VIRTQ_DESC_F_NEXT. */
    public static final int NEXT = 1;

    /** VIRTQ_DESC_F_WRITE. */
    public static final int WRITE = 2;

    /** Whether the card may write it, instead of read it. */
    public boolean isWritable() {
        return (flags & WRITE) != 0;
    }
}
