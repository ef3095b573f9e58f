// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

/** Of the packed format, VIRTIO 1.4 section 2.8. */
final class PackedDriver extends RingDriver {
    /** Whole messages, so that each place has the same descriptor in every round. */
    static final int SIZE = 63;

    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    private int place;
    private int round = AVAIL;

    PackedDriver(boolean indirect) {
        super(indirect);
        if (indirect) {
            for (int i = 0; i < LENGTHS.length; i++) {
                entry(TABLE + ENTRY_BYTES * i, buffer(i), LENGTHS[i]);
                ram.putShort(TABLE + ENTRY_BYTES * i + 14, (short) (isLast(i) ? WRITE : 0));
            }
        }
        for (int i = 0; i < SIZE; i++) {
            int descriptor = i % LENGTHS.length;
            if (indirect) {
                entry(DESC + ENTRY_BYTES * i, TABLE, ENTRY_BYTES * LENGTHS.length);
            } else {
                entry(DESC + ENTRY_BYTES * i, buffer(descriptor), LENGTHS[descriptor]);
            }
        }
    }

    private void entry(int at, long address, int length) {
        ram.putLong(at, address);
        ram.putInt(at + 8, length);
    }

    /** The device has written the length and the flags of the first descriptor of the round before. */
    @Override
    void offer() {
        int head = DESC + ENTRY_BYTES * place;
        if (indirect) {
            ram.putInt(head + 8, ENTRY_BYTES * LENGTHS.length);
            publish(head, INDIRECT);
            advance(1);
            return;
        }
        ram.putInt(head + 8, LENGTHS[0]);
        for (int i = 1; i < LENGTHS.length; i++) {
            ram.putShort(head + ENTRY_BYTES * i + 14, (short) ((isLast(i) ? WRITE : NEXT) | round));
        }
        publish(head, NEXT);
        advance(LENGTHS.length);
    }

    private void publish(int head, int flags) {
        memory.storeRelease16(head + 14L, (short) (flags | round));
    }

    private void advance(int descriptors) {
        place += descriptors;
        if (place == SIZE) {
            place = 0;
            round ^= AVAIL | USED;
        }
    }
}
