// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtqueueException;

/** Lives of a split ring: a base is the free-running index of the next chain to take, and the used index is in the ring. */
final class SplitVringLife extends VringLife<InflightRegion> {
    private static final int U16 = 0xffff;
    private static final int DESC_LENGTH = 16;
    /** Flags, index and event of either ring. */
    private static final int RING_LENGTH = 6;

    private static final int AVAIL_ELEM_LENGTH = 2;
    private static final int USED_ELEM_LENGTH = 8;
    private static final int[] NO_HEADS = {};

    SplitVringLife(QueueRegisters registers, InflightRegion own) {
        super(registers, own);
    }

    @Override
    void track(InflightRegion by) {
        registers.track(by);
    }

    @Override
    boolean isBase(long num) {
        return num >= 0 && num <= U16;
    }

    @Override
    int first() {
        return 0;
    }

    @Override
    long descLength(int size) {
        return (long) size * DESC_LENGTH;
    }

    @Override
    long driverLength(int size) {
        return RING_LENGTH + (long) size * AVAIL_ELEM_LENGTH;
    }

    @Override
    long deviceLength(int size) {
        return RING_LENGTH + (long) size * USED_ELEM_LENGTH;
    }

    @Override
    void resume(int base) throws VirtqueueException, GuestMemoryException {
        int[] heads = recorded();
        registers.resume(next(base, heads), heads);
    }

    /** What an earlier life has held, as the record says. */
    private int[] recorded() throws GuestMemoryException {
        int used = registers.loadUsedIdx();
        if (takeOld()) {
            record().begin(used);
            return NO_HEADS;
        }
        return record().recover(used, registers.loadAvailIdx(), registers.size());
    }

    /** A record says more than a base: a front end that has lost its back end knows none. */
    private int next(int base, int[] heads) throws GuestMemoryException {
        return heads.length == 0 ? base : (registers.loadUsedIdx() + heads.length) & U16;
    }

    @Override
    boolean goesOn(int base) throws GuestMemoryException {
        int[] heads = recorded();
        return registers.loadUsedIdx() == registers.usedIdx() && registers.goesOn(next(base, heads), heads);
    }

    @Override
    void proceed() throws GuestMemoryException {
        int[] held = registers.heldHeads();
        for (int i = recorded().length; i < held.length; i++) {
            record().taken(held[i]); // as the last life has said, they were to be taken again
        }
        registers.proceed();
    }

    /** What that has done is in the ring, and what it held is in the record. */
    @Override
    int left(int base) throws GuestMemoryException {
        return registers.loadUsedIdx();
    }

    @Override
    boolean hasLived(int base) throws GuestMemoryException {
        return registers.loadUsedIdx() != 0;
    }

    @Override
    boolean mayOweInterrupt() {
        return registers.usedIdx() != 0;
    }

    @Override
    int end() throws GuestMemoryException {
        if (!heldInOrder()) {
            return registers.availIdx();
        }
        record().begin(registers.usedIdx());
        return registers.usedIdx();
    }

    private boolean heldInOrder() {
        try {
            return registers.heldInOrder();
        } catch (GuestMemoryException e) {
            return false; // the memory is gone, and the life with it
        }
    }
}
