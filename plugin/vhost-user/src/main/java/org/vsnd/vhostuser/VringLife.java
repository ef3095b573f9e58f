// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtqueueException;

/**
 * How the lives of a ring of one format follow each other: where one begins, by what the front end says and by the record of what
 * the last one held, and where it ends. A <em>base</em> is what SET_VRING_BASE and GET_VRING_BASE have. Device thread only.
 *
 * @param <R> a record of this format
 */
abstract class VringLife<R extends InflightRecord> {
    final QueueRegisters registers;

    /** By ourselves, unless the front end keeps it. */
    private final R own;

    private R record;
    /** The driver has reset its device since, and the record says nothing. */
    private boolean recordIsOld;

    VringLife(QueueRegisters registers, R own) {
        this.registers = registers;
        this.own = own;
        record = own;
        track(own);
    }

    /** Names who is told of what the queue takes and gives back. */
    abstract void track(R by);

    /** Records in a buffer of the front end what the ring holds, or with null by ourselves. */
    final void record(@Nullable R by) {
        record = by == null ? own : by;
        recordIsOld = false;
        track(record);
    }

    final R record() {
        return record;
    }

    /** Whether the front end keeps the record. */
    final boolean isFrontEnds() {
        return record != own;
    }

    /** The driver has reset its device: whatever was recorded is not in the ring any more. */
    final void outdateRecord() {
        recordIsOld = true;
        outdated();
    }

    /** The record is of before the driver's reset. */
    void outdated() {}

    /** The driver has begun anew: what we recorded was before that. */
    final void begin() {
        if (record == own) {
            outdateRecord();
        }
    }

    /** Whether the record is of before the driver's reset; asked once. */
    final boolean takeOld() {
        boolean was = recordIsOld;
        recordIsOld = false;
        return was;
    }

    /** Whether a ring can begin there. */
    abstract boolean isBase(long num);

    /** The base that a front end means, which may not keep all of it, if the last one known is this. */
    int base(long num, int last) {
        return (int) num;
    }

    /** The base of a ring that its driver has just set up. */
    abstract int first();

    /** Bytes of the descriptor area of a ring of that size. */
    abstract long descLength(int size);

    /** Bytes of the driver area, which the protocol calls the available ring. */
    abstract long driverLength(int size);

    /** Bytes of the device area, which the protocol calls the used ring. */
    abstract long deviceLength(int size);

    /** Enables the queue, which is described: it takes again what the record says, and goes on from the base. */
    abstract void resume(int base) throws VirtqueueException, GuestMemoryException;

    /** Whether what the front end says continues the life of the paused queue, with the same chains. */
    abstract boolean goesOn(int base) throws GuestMemoryException;

    /** Ends the pause of a queue that goes on. */
    abstract void proceed() throws VirtqueueException, GuestMemoryException;

    /** Where the process before has left the ring, if its registers are set: the base, unless more is known. */
    abstract int left(int base) throws GuestMemoryException;

    /** Whether a device has given something back in the described ring since its driver has set it up. */
    abstract boolean hasLived(int base) throws GuestMemoryException;

    /** Whether the enabled queue may have given something back without the interrupt for it. */
    abstract boolean mayOweInterrupt();

    /** Where another device takes again what this one holds, from the ring if it is there in order. */
    abstract int end() throws GuestMemoryException;

    /** Writes what another process must know of the paused ring beside the queue. */
    void saveHeld(SnapshotWriter out) {}

    /**
     * Reads that, and changes nothing.
     *
     * @return gives it to the record; after the queue is restored
     */
    Runnable loadHeld(SnapshotReader in) throws SnapshotException {
        return () -> {};
    }
}
