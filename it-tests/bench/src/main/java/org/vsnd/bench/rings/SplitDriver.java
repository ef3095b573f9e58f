// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

/** Of the split format, VIRTIO 1.4 section 2.7: each message is the chain of descriptor 0. */
final class SplitDriver extends RingDriver {
    static final int SIZE = 64;

    private static final int AVAIL_IDX = DRIVER + 2;

    private short available;

    SplitDriver(boolean indirect) {
        super(indirect);
        int table = indirect ? TABLE : DESC;
        for (int i = 0; i < LENGTHS.length; i++) {
            int flags = isLast(i) ? WRITE : NEXT;
            entry(table + ENTRY_BYTES * i, buffer(i), LENGTHS[i], flags, i + 1);
        }
        if (indirect) {
            entry(DESC, TABLE, ENTRY_BYTES * LENGTHS.length, INDIRECT, 0);
        }
    }

    private void entry(int at, long address, int length, int flags, int next) {
        ram.putLong(at, address);
        ram.putInt(at + 8, length);
        ram.putShort(at + 12, (short) flags);
        ram.putShort(at + 14, (short) next);
    }

    @Override
    void offer() {
        memory.storeRelease16(AVAIL_IDX, ++available); // the ring's entries are all 0
    }
}
