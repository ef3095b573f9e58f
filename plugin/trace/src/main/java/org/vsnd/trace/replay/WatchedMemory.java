// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Guest memory as the card has it, beside a guest that looks at its rings all the time: what the card gives back is not the
 * card's any longer from the very store that gives it back.
 */
final class WatchedMemory implements GuestMemory {
    private final FlatMemory memory;
    private final Runnable guest;

    /** @param guest run after every store that may have been of used.idx */
    WatchedMemory(FlatMemory memory, Runnable guest) {
        this.memory = memory;
        this.guest = guest;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        memory.read(address, dst);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        memory.write(address, src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        return memory.loadAcquire16(address);
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        memory.storeRelease16(address, value);
        guest.run();
    }
}
