// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Follows the descriptors of a chain of a split queue (VIRTIO 1.4 section 2.7.5) and puts them, and the bytes on one side
 * of them, behind the step that {@link StepLog} has begun. A chain that breaks the rules is recorded as far as it keeps
 * to them. An indirect table's descriptors follow the one that names the table. Device thread only.
 */
final class ChainSteps {
    /** As the device: a 4 MiB period in 4 KiB pages with its header and status needs 1026. */
    private static final int INDIRECT_ENTRIES_MAX = 2048;
    /** As the device: no driver has a longer period. */
    private static final long CHAIN_BYTES_MAX = 16L << 20;

    private static final int ADDR = 0; // le64
    private static final int LEN = 8; // le32
    private static final int FLAGS = 12; // le16
    private static final int NEXT = 14; // le16
    private static final int LENGTH = 16;
    private static final int F_NEXT = 1;
    private static final int F_WRITE = 2;
    static final int F_INDIRECT = 4;

    private final GuestMemory memory;
    private final StepLog log;
    private final ByteBuffer descriptor = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private long bytesLeft;

    ChainSteps(GuestMemory memory, StepLog log) {
        this.memory = memory;
        this.log = log;
    }

    /** What the driver offers: all descriptors, and what the device-readable ones hold. */
    void offered(QueueView queue, int head, boolean indirectAllowed) {
        follow(queue, head, indirectAllowed, false);
    }

    /** What the device gives back: the device-writable descriptors and what they hold. */
    void written(QueueView queue, int head, boolean indirectAllowed) {
        follow(queue, head, indirectAllowed, true);
    }

    private void follow(QueueView queue, int head, boolean indirectAllowed, boolean written) {
        bytesLeft = CHAIN_BYTES_MAX;
        long table = queue.desc();
        int entries = queue.size();
        int index = head;
        boolean inIndirect = false;
        // a chain that visits more descriptors than its table has must be a loop
        for (int left = entries; left > 0; left--) {
            if (Integer.compareUnsigned(index, entries) >= 0) {
                log.cut(StepRecord.CUT_OUT_OF_RANGE);
                return;
            }
            if (!load(table + (long) LENGTH * index)) {
                return;
            }
            if ((flags() & F_INDIRECT) != 0) {
                if (inIndirect || !indirectAllowed || !isTable()) {
                    log.cut(StepRecord.CUT_INDIRECT);
                    return;
                }
                if (!written) {
                    log.descriptor(address(), (int) length(), index, flags());
                }
                inIndirect = true;
                table = address();
                entries = (int) (length() / LENGTH);
                left = entries + 1;
                index = 0;
                continue;
            }
            if (!put(index, written)) {
                log.cut(StepRecord.CUT_TOO_LONG);
                return;
            }
            if ((flags() & F_NEXT) == 0) {
                return;
            }
            index = Short.toUnsignedInt(descriptor.getShort(NEXT));
        }
        log.cut(StepRecord.CUT_LOOP);
    }

    private boolean load(long at) {
        try {
            descriptor.clear();
            memory.read(at, descriptor);
            return true;
        } catch (GuestMemoryException e) {
            log.unreadable(at, LENGTH);
            return false;
        }
    }

    private boolean isTable() {
        return length() != 0 && length() % LENGTH == 0 && length() / LENGTH <= INDIRECT_ENTRIES_MAX;
    }

    /** False if the chain is too long. */
    private boolean put(int index, boolean written) {
        boolean writable = (flags() & F_WRITE) != 0;
        if (written && !writable) {
            return true;
        }
        log.descriptor(address(), (int) length(), index, flags());
        if (writable != written) {
            return true;
        }
        if (length() > bytesLeft) {
            return false;
        }
        bytesLeft -= length();
        log.bytes(memory, address(), length());
        return true;
    }

    private long address() {
        return descriptor.getLong(ADDR);
    }

    /** 0..2^32-1. */
    private long length() {
        return Integer.toUnsignedLong(descriptor.getInt(LEN));
    }

    private int flags() {
        return Short.toUnsignedInt(descriptor.getShort(FLAGS));
    }
}
