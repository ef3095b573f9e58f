// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/** Little-endian numbers in mapped memory of our own, where access cannot fail but by a fault of ours. Device thread only. */
final class OwnNumbers {
    private final GuestMemory memory;
    private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    OwnNumbers(GuestMemory memory) {
        this.memory = memory;
    }

    /** @param bytes 1..8, unsigned below 8 */
    long load(long address, int bytes) {
        number.clear().putLong(0, 0).limit(bytes);
        try {
            memory.read(address, number);
        } catch (GuestMemoryException e) {
            throw new IllegalStateException(e);
        }
        return number.clear().getLong(0);
    }

    /** @param bytes 1..8 */
    void store(long address, int bytes, long value) {
        number.clear().putLong(0, value).limit(bytes);
        try {
            memory.write(address, number);
        } catch (GuestMemoryException e) {
            throw new IllegalStateException(e);
        }
    }
}
