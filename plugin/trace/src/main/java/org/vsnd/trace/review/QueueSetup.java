// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DESC;

/** The registers of one queue as a driver has written them. */
final class QueueSetup {
    private static final int RINGS = 3;
    private static final int DESC_BYTES = 16;

    /** As read or written, 1 to 32768; 0: neither. */
    int size;

    boolean enabled;

    /** A vector was written and not yet read back. */
    boolean vectorUnread;

    private final long[] addresses = new long[RINGS]; // descriptors, available ring, used ring

    /** Half of an address, or all of it if it is written at once, at an offset of the common configuration. */
    void address(int offset, long value) {
        int ring = (offset - QUEUE_DESC) / 8;
        if (offset < QUEUE_DESC || ring >= RINGS) {
            return;
        }
        if (offset % 8 == 4) {
            addresses[ring] = (addresses[ring] & 0xffff_ffffL) | (value << 32);
        } else {
            addresses[ring] = value >>> 32 != 0 ? value : (addresses[ring] & ~0xffff_ffffL) | value;
        }
    }

    private long length(int ring) {
        return switch (ring) {
            case 0 -> (long) DESC_BYTES * size;
            case 1 -> 6 + 2L * size;
            default -> 6 + 8L * size;
        };
    }

    /** Whether any of its rings is in this memory. */
    boolean touches(long address, long bytes) {
        for (int ring = 0; ring < RINGS; ring++) {
            if (addresses[ring] < address + bytes && address < addresses[ring] + length(ring)) {
                return true;
            }
        }
        return false;
    }

    boolean overlaps(QueueSetup other) {
        for (int ring = 0; ring < RINGS; ring++) {
            if (size > 0 && other.size > 0 && touches(other.addresses[ring], other.length(ring))) {
                return true;
            }
        }
        return false;
    }
}
