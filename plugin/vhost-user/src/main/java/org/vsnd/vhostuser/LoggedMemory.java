// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/** Guest memory as the queue of one ring has it: what is written is in the {@link DirtyLog}, if there is one. Device thread only. */
final class LoggedMemory implements GuestMemory {
    private final GuestMemory memory;
    private final DirtyLog log;
    private long usedAddress;
    /** 0: the used ring has no place of its own in the log. */
    private long usedLength;

    private long usedInLog;
    private long descAddress;
    /** 0: the descriptors are not logged. */
    private long descLength;

    LoggedMemory(GuestMemory memory, DirtyLog log) {
        this.memory = memory;
        this.log = log;
    }

    /**
     * The used ring is also logged at a place that the front end has named.
     *
     * @param address of the ring
     * @param length bytes of it, 0 for none
     * @param inLog the guest address by which it is logged, which need not be one
     */
    void logUsed(long address, long length, long inLog) {
        usedAddress = address;
        usedLength = length;
        usedInLog = inLog;
    }

    /**
     * The descriptors of a packed ring, which are its used ones, are also logged.
     *
     * @param length bytes of them, 0 for none
     */
    void logDescriptors(long address, long length) {
        descAddress = address;
        descLength = length;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        memory.read(address, dst);
    }

    /** What fails in the middle has written as well. */
    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        int length = src.remaining();
        try {
            memory.write(address, src);
        } finally {
            wrote(address, length);
        }
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        return memory.loadAcquire16(address);
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        memory.storeRelease16(address, value);
        wrote(address, Short.BYTES);
    }

    /** Afterwards: whoever takes a bit from the log copies the page then. */
    private void wrote(long address, int length) {
        if (!log.on()) {
            return;
        }
        if (log.everything()) {
            log.wrote(address, length);
        } else if (Long.compareUnsigned(address - descAddress, descLength) < 0) {
            log.wrote(address, length);
        }
        long offset = address - usedAddress;
        if (Long.compareUnsigned(offset, usedLength) < 0) {
            log.wrote(usedInLog + offset, length);
        }
    }
}
