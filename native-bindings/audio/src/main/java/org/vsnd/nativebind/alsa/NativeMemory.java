package org.vsnd.nativebind.alsa;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Zeroed memory outside the heap that both Java and C use, in the machine's byte order; freed with this object. */
final class NativeMemory {
    private final ByteBuffer bytes;
    private final long address;

    NativeMemory(long size) {
        bytes = ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
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
}
