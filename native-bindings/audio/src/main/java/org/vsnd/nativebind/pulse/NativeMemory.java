package org.vsnd.nativebind.pulse;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap that both Java and libpulse use; little endian; freed with this object. */
final class NativeMemory {
    private final ByteBuffer bytes;
    private final long address;

    NativeMemory(int capacity) {
        bytes = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        address = Pointer.nativeValue(Native.getDirectBufferPointer(bytes));
    }

    /** The memory, always the same buffer; position and limit are the caller's. */
    ByteBuffer bytes() {
        return bytes;
    }

    /** Where it is; valid as long as this object is reachable. */
    long address() {
        return address;
    }

    int capacity() {
        return bytes.capacity();
    }

    /** Copies a structure of the library's to the start; position and limit stay. */
    void copyFrom(long source, int length) {
        if (length > bytes.capacity()) {
            throw new IllegalArgumentException("length=" + length);
        }
        LibC.memcpy(address, source, length);
    }
}
