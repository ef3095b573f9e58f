// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * One format of a queue in guest memory, VIRTIO 1.4 section 2.6: what a driver offers there, and what it is given back. The ring
 * is gone through twice, by <em>places</em> that are counted around: the next that the device takes a chain from, and the next
 * that it uses. Device thread only; allocates nothing once it has begun.
 */
abstract class Ring {
    /** Most descriptors of either format. */
    static final int SIZE_LIMIT = 32768;

    final int queue;
    final GuestMemory memory;
    final Chains chains;

    /** Whether VIRTIO_F_EVENT_IDX is negotiated. */
    boolean eventIdx;
    /** Whether VIRTIO_F_INDIRECT_DESC is negotiated. */
    boolean indirect;

    /** Descriptors in the ring. */
    int size;
    /** How many places there are. */
    int places;
    /** The next place to take from, 0..places-1. */
    int availPlace;
    /** The next place to use, 0..places-1. */
    int usedPlace;
    /** The driver has been told, before the first look, that it must notify. */
    private boolean welcomed;

    /** @param queue the queue's number, for messages */
    Ring(int queue, GuestMemory memory, Chains chains) {
        this.queue = queue;
        this.memory = memory;
        this.chains = chains;
    }

    final void setFeatures(long features) {
        eventIdx = (features & VirtioFeatures.VIRTIO_F_EVENT_IDX) != 0;
        indirect = (features & VirtioFeatures.VIRTIO_F_INDIRECT_DESC) != 0;
    }

    /** Whether a ring can have so many descriptors, if there is room for {@code most}. */
    abstract boolean isSize(int descriptors, int most);

    /**
     * @param desc address of the descriptor area
     * @param driver address of the driver area
     * @param device address of the device area
     * @throws VirtqueueException if a ring cannot be there: misaligned, or around the end of the address space
     */
    abstract void check(int descriptors, long desc, long driver, long device) throws VirtqueueException;

    /** Begins a life at the first places, where {@link #check} has found no fault. Does not touch guest memory yet. */
    abstract void begin(int descriptors, long desc, long driver, long device);

    /** How many places a ring has. */
    abstract int placesOf(int descriptors);

    final void begin(int descriptors) {
        size = descriptors;
        places = placesOf(descriptors);
        availPlace = 0;
        usedPlace = 0;
        welcomed = false;
    }

    /** Tells the driver, before the first look, that it must notify. */
    final void welcome() throws GuestMemoryException {
        if (!welcomed) {
            allowNotifications();
            welcomed = true;
        }
    }

    abstract void allowNotifications() throws GuestMemoryException;

    /** Whether the driver has offered a chain that is not taken yet. */
    abstract boolean isOffered() throws VirtqueueException, GuestMemoryException;

    /** Asks for a notification of the next chain, with VIRTIO_F_EVENT_IDX, then looks whether it came meanwhile. */
    abstract boolean isOfferedAfterAsking() throws VirtqueueException, GuestMemoryException;

    /** How many chains are offered and not taken yet, 0..size. */
    abstract int offered() throws VirtqueueException, GuestMemoryException;

    /** Copies what is offered next, and moves on unless that fails. */
    abstract DescriptorChain next() throws VirtqueueException, GuestMemoryException;

    /** Whether every chain of an earlier life has been taken again, so that the life can be saved. */
    abstract boolean allRetaken();

    /** Descriptors read, in all lives. */
    abstract long descriptorsVisited();

    /**
     * Gives a chain back.
     *
     * @param length bytes written, as an unsigned number
     */
    abstract void use(DescriptorChain chain, int length) throws GuestMemoryException;

    /** Whether it counts what the driver wishes; if not, every used chain interrupts. */
    abstract boolean driverChooses();

    /** When the driver wants to be interrupted: a number above -1 for each thing that it can say. */
    abstract int wish() throws GuestMemoryException;

    /** Whether such a wish is fulfilled by what was used from a place on. */
    abstract boolean fulfils(int wish, int fromPlace);

    /** Whether such a wish is for one event, after which a driver has to say something else. */
    abstract boolean isForOneEvent(int wish);

    /** The largest wish. */
    abstract int wishMax();

    /** How many places are between the two: taken, and not used. */
    final int held() {
        return ahead(availPlace, usedPlace);
    }

    /** How many places {@code to} is ahead of {@code from}. */
    final int ahead(int to, int from) {
        int difference = to - from;
        return difference < 0 ? difference + places : difference;
    }

    final int after(int place, int count) {
        int next = place + count;
        return next < places ? next : next - places;
    }

    /** Whether the use of what is from a place on has passed another place. */
    final boolean hasPassed(int place, int fromPlace) {
        return ahead(place, fromPlace) < ahead(usedPlace, fromPlace);
    }

    /** Writes the places. */
    final void save(SnapshotWriter out) {
        out.bool(welcomed).u16(availPlace).u16(usedPlace);
    }

    /**
     * Where a life was when it was saved.
     *
     * @param welcomed the driver had been told to notify
     * @param held as {@link Ring#held()}
     */
    record Saved(boolean welcomed, int availPlace, int usedPlace, int held) {}

    /** Reads what {@link #save} wrote, of a ring with so many places, and changes nothing. */
    static Saved load(SnapshotReader in, int descriptors, int placeCount) throws SnapshotException {
        boolean told = in.bool("the driver is told to notify");
        int avail = in.u16("the next available place", placeCount - 1);
        int used = in.u16("the next used place", placeCount - 1);
        int held = avail - used < 0 ? avail - used + placeCount : avail - used;
        in.require(held <= descriptors, "more is with the device than there are descriptors");
        return new Saved(told, avail, used, held);
    }

    /** Goes on where a saved life was, after {@link #begin}. */
    final void goOn(Saved saved) {
        welcomed = saved.welcomed;
        availPlace = saved.availPlace;
        usedPlace = saved.usedPlace;
    }

    final void checkArea(String what, long address, int align, int length) throws VirtqueueException {
        if ((address & (align - 1)) != 0) {
            throw fault(what + " is misaligned", address);
        }
        if (Long.compareUnsigned(address + length - 1, address) < 0) {
            throw fault(what + " wraps around", address);
        }
    }

    final VirtqueueException fault(String what, long value) {
        return VirtqueueException.of(queue, what, value);
    }
}
