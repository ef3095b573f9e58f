// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

/**
 * What a piece of the {@link StepRing} is, and the order of its fields. Numbers are little-endian; {@code nanos} is the
 * time since the recording began. A step's first piece has its time; the pieces of its descriptors follow.
 */
final class StepRecord {
    /** nanos long, value long, offset long, bar int, size int. */
    static final int CFG_READ = 0;

    static final int CFG_WRITE = 1;
    static final int MMIO_READ = 2;
    static final int MMIO_WRITE = 3;
    static final int ACCESS_BYTES = 32;

    /** nanos long, queue int, avail_idx int, avail_flags int, head int; descriptors follow. */
    static final int AVAIL = 4;
    /** nanos long, queue int, used_idx int, id int, len int; descriptors follow. */
    static final int USED = 5;

    static final int RING_BYTES = 24;

    /** nanos long, vector int: {@link #INTX} for an assertion of INTA#. */
    static final int IRQ = 6;
    /** nanos long, one of {@link #RESET_STATUS} and its like int. */
    static final int RESET = 7;

    static final int EVENT_BYTES = 12;
    static final int INTX = -1;
    static final int RESET_STATUS = 0;
    static final int RESET_FLR = 1;
    static final int RESET_FUNCTION = 2;

    /** nanos long, steps long. */
    static final int LOST = 8;

    static final int LOST_BYTES = 16;

    /** Of a step before it: address long, len int, index int, flags int. Its bytes follow if they are recorded. */
    static final int DESCRIPTOR = 9;

    static final int DESCRIPTOR_BYTES = 20;

    /** Of a descriptor before it: some of its bytes; several of these make all of them. */
    static final int BYTES = 10;

    /** Of a step before it: address long, length long of guest memory that could not be read. */
    static final int UNREADABLE = 11;
    /** Of a step before it: why its chain is not recorded any further, one of {@link #CUT_LOOP} and its like int. */
    static final int CUT = 12;

    static final int UNREADABLE_BYTES = 16;
    static final int CUT_BYTES = 4;
    static final int CUT_LOOP = 0;
    static final int CUT_OUT_OF_RANGE = 1;
    static final int CUT_INDIRECT = 2;
    static final int CUT_TOO_LONG = 3;

    /** To be passed over. */
    static final int NOTHING = 13;

    private StepRecord() {}
}
