// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap that both Java and the C library use; little endian; freed with this object. */
public final class NativeBuffer {
    private final ByteBuffer bytes;
    private final long address;

    /**
     * Allocates memory.
     *
     * @param capacity bytes, zero at first
     */
    public NativeBuffer(int capacity) {
        bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
    }

    /** The memory, always the same buffer; position and limit are the caller's. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Its address; valid while this object is reachable. */
    public long address() {
        return address;
    }

    /** Bytes. */
    public int capacity() {
        return bytes.capacity();
    }

    /**
     * Copies memory of the C side to the start; position and limit stay.
     *
     * @param source an address from which that many bytes are readable
     * @param length bytes, 0..{@link #capacity}
     */
    public void copyFrom(long source, int length) {
        if (length > bytes.capacity()) {
            throw new IllegalArgumentException("length=" + length);
        }
        LibC.memcpy(address, source, length);
    }
}
