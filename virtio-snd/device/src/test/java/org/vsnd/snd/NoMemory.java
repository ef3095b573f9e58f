// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/** A guest without memory. */
final class NoMemory implements GuestMemory {
    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        throw new GuestMemoryException(address, dst.remaining());
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        throw new GuestMemoryException(address, src.remaining());
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        throw new GuestMemoryException(address, 2);
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        throw new GuestMemoryException(address, 2);
    }
}
