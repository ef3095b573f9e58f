// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

/**
 * Notifications of one queue in one message. The first is done at once, and all others together are one more at the
 * end: a message can hold thousands, and each would make the device look through a whole ring. What the driver had made
 * available before it sent the message is seen either way. Device thread only, allocates nothing.
 */
final class RepeatedNotifications {
    /** Bytes of a notification: the queue's number, le16. */
    static final int SIZE = 2;

    /** Writes for higher queue numbers pass: no device of ours has that many, and a missing queue costs nothing. */
    private static final int QUEUES = Long.SIZE;

    private long seen;
    private long again;
    private int bar;
    private long offset;

    /** Whether a write to the notification area is to be carried out now. */
    boolean isFirst(int ofBar, long atOffset, int size, long value) {
        int queue = (int) value & (size == 1 ? 0xff : 0xffff);
        if (queue >= QUEUES) {
            return true;
        }
        long bit = 1L << queue;
        if ((seen & bit) == 0) {
            seen |= bit;
            return true;
        }
        again |= bit;
        bar = ofBar;
        offset = atOffset;
        return false;
    }

    /** Takes a queue that is to be notified once more, or -1. */
    int next() {
        if (again == 0) {
            return -1;
        }
        int queue = Long.numberOfTrailingZeros(again);
        again &= again - 1;
        return queue;
    }

    /** Where one of those notifications was written. */
    int bar() {
        return bar;
    }

    long offset() {
        return offset;
    }

    /** The next message begins. */
    void clear() {
        seen = 0;
        again = 0;
    }
}
