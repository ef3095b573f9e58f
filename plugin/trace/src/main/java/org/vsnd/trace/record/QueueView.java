// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

/** One split queue as the driver has set it up, and how far it has been recorded. Device thread only. */
final class QueueView {
    private static final int U16 = 0xffff;
    private static final int IDX = 2; // le16, of both rings
    private static final int ENTRIES = 4;
    private static final int AVAIL_ENTRY_BYTES = 2;
    private static final int USED_ENTRY_BYTES = 8;

    private final int index;
    private boolean enabled;
    private int size;
    private long desc;
    private long avail;
    private long used;
    /** Chains recorded as available so far, 0..65535. */
    private int availIdx;
    /** Elements recorded as used so far, 0..65535. */
    private int usedIdx;

    QueueView(int index) {
        this.index = index;
    }

    /** The queue's registers, once it is enabled; indexes begin at 0 with a new life. */
    void enable(int newSize, long newDesc, long newAvail, long newUsed) {
        if (!enabled) {
            enabled = newSize > 0;
            size = newSize;
            desc = newDesc;
            avail = newAvail;
            used = newUsed;
            availIdx = 0;
            usedIdx = 0;
        }
    }

    /** The queue or the device was reset. */
    void forget() {
        enabled = false;
    }

    /** The queue's number. */
    int index() {
        return index;
    }

    boolean enabled() {
        return enabled;
    }

    /** Descriptors in its table. */
    int size() {
        return size;
    }

    /** Guest-physical address of the descriptor table. */
    long desc() {
        return desc;
    }

    /** Guest-physical address of avail.flags. */
    long availAddress() {
        return avail;
    }

    boolean keepsAvailIdxAt(long address) {
        return enabled && address == availIdxAddress();
    }

    boolean keepsUsedIdxAt(long address) {
        return enabled && address == used + IDX;
    }

    long availIdxAddress() {
        return avail + IDX;
    }

    /** Address of the next available ring entry to be recorded. */
    long nextAvailEntry() {
        return avail + ENTRIES + (long) AVAIL_ENTRY_BYTES * (availIdx % size);
    }

    /** Address of a used element that is {@code ahead} of those recorded. */
    long usedEntry(int ahead) {
        return used + ENTRIES + (long) USED_ENTRY_BYTES * (((usedIdx + ahead) & U16) % size);
    }

    /** Chains not recorded yet when avail.idx is this, 0..size; an index no driver would write counts as none. */
    int offered(int idx) {
        return upToSize(idx - availIdx);
    }

    /** Elements not recorded yet when used.idx is this. */
    int newlyUsed(int idx) {
        return upToSize(idx - usedIdx);
    }

    private int upToSize(int difference) {
        int ahead = difference & U16;
        return ahead <= size ? ahead : 0;
    }

    /** One more chain is recorded; returns avail.idx with it. */
    int takeAvail() {
        availIdx = (availIdx + 1) & U16;
        return availIdx;
    }

    /** used.idx once an element that is {@code ahead} of those recorded is counted in. */
    int usedIdxAfter(int ahead) {
        return (usedIdx + ahead + 1) & U16;
    }

    /** The device has written this used.idx. */
    void setUsedIdx(int idx) {
        usedIdx = idx & U16;
    }
}
