// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.List;
import org.vsnd.spi.GuestMemoryException;

/**
 * Lives of a packed queue that begin and end anywhere. A <em>place</em> is what the driver and device areas say: the index of a
 * descriptor in bits 0 to 14, the wrap counter in bit 15. A <em>list</em> is the descriptors of one buffer as the driver has written
 * them into the ring, 16 bytes each. Device thread only.
 */
public final class PackedLife {
    /** Where a driver begins. */
    public static final int BEGIN = PvirtqEventSuppress.WRAP;

    private final QueueRegisters registers;

    PackedLife(QueueRegisters registers) {
        this.registers = registers;
    }

    private PackedRing ring() {
        return registers.queue().packed();
    }

    /** Whether a ring of so many descriptors has such a place. */
    public static boolean isPlace(int place, int size) {
        return place >= 0 && place <= 0xffff && (place & ~BEGIN) < size;
    }

    /** How many descriptors one place of a ring of that size is ahead of another, 0..2*size-1. */
    public static int ahead(int place, int of, int size) {
        return Math.floorMod(PackedRing.place(place, size) - PackedRing.place(of, size), 2 * size);
    }

    /** The place so many descriptors, up to the size, after another. */
    public static int after(int place, int count, int size) {
        int next = (PackedRing.place(place, size) + count) % (2 * size);
        return next < size ? next | BEGIN : next - size;
    }

    /** Names who is told of the lists that the queue takes and gives back; {@link ListTracker#NONE} at first. */
    public void track(ListTracker by) {
        ring().track(by);
    }

    /** Where an enabled queue takes its next list from. */
    public int availPlace() {
        return ring().offWrap(ring().availPlace);
    }

    /** Where an enabled queue writes its next used descriptor. */
    public int usedPlace() {
        return ring().offWrap(ring().usedPlace);
    }

    /**
     * Enables the queue where another life of it ended, also in another process; does nothing if it is enabled.
     *
     * @param avail the place where it takes the next list after those that are held
     * @param used the place of the next used descriptor
     * @param held lists that were taken and not given back, in the order in which they were taken: they are taken again,
     *     before any other
     * @throws VirtqueueException if an area is misaligned or wraps around the address space, or the size or a place cannot be;
     *     the queue stays disabled
     */
    public void resume(int avail, int used, List<byte[]> held) throws VirtqueueException {
        if (registers.enabled()) {
            return;
        }
        int size = registers.size();
        if (!isPlace(used, size) || !isPlace(avail, size) || !isRoom(ahead(avail, used, size), held)) {
            throw VirtqueueException.of(
                    registers.queue().index(), "a packed ring cannot go on at such a place:", avail | used << 16);
        }
        registers
                .queue()
                .resume(
                        size,
                        registers.descAddress(),
                        registers.availAddress(),
                        registers.usedAddress(),
                        PackedRing.place(avail, size),
                        PackedRing.place(used, size),
                        held);
    }

    /** Whether so many places can be those of these lists, and perhaps of others that nobody knows. */
    private boolean isRoom(int between, List<byte[]> held) {
        return between <= registers.size() && descriptors(held) <= between;
    }

    /** How many descriptors some lists have. */
    public static int descriptors(List<byte[]> lists) {
        return lists.stream().mapToInt(list -> list.length / PvirtqDesc.LENGTH).sum();
    }

    /**
     * Whether the ring in memory, enabled or not, has an available descriptor of the round that a place belongs to.
     *
     * @throws GuestMemoryException if the ring is not in guest memory
     */
    public boolean isAvailable(int place) throws GuestMemoryException {
        int size = registers.size();
        return ring().isAvailable(registers.descAddress(), PackedRing.place(place, size), size);
    }

    /**
     * Whether the ring in memory, enabled or not, has just these lists from a place on.
     *
     * @throws GuestMemoryException if the ring is not in guest memory
     */
    public boolean has(int place, List<byte[]> lists) throws GuestMemoryException {
        int size = registers.size();
        return ring().has(registers.descAddress(), place & ~BEGIN, size, lists);
    }

    /**
     * Whether a device has used the ring in memory, enabled or not, since its driver has filled it with zeros; but in the moments
     * around the end of every other round there may be no trace of it.
     *
     * @throws GuestMemoryException if the ring is not in guest memory
     */
    public boolean showsUse() throws GuestMemoryException {
        return ring().showsUse(registers.descAddress(), registers.size());
    }

    /**
     * Whether the lists that are with the device are those that the ring has from the place of the next use on, so that a life
     * that begins there loses none and takes none twice.
     *
     * @throws GuestMemoryException if the ring is not in guest memory
     */
    public boolean heldInOrder() throws GuestMemoryException {
        return ring().allRetaken() && ring().isHeldInOrder();
    }

    /**
     * Tells the tracker of the lists that are with the device, when they are {@linkplain #heldInOrder in order}.
     *
     * @throws VirtqueueException if the driver has just broken them
     * @throws GuestMemoryException if the ring is not in guest memory
     */
    public void tellHeld() throws VirtqueueException, GuestMemoryException {
        ring().tellHeld();
    }

    /**
     * Whether a life that takes these lists again and goes on behind them has just the lists that the device of a paused queue holds.
     *
     * @param avail the place where it takes the next list after them
     * @param used the place of the next use
     * @throws GuestMemoryException if the ring or an indirect table is not in guest memory
     */
    public boolean goesOn(int avail, int used, List<byte[]> held) throws GuestMemoryException {
        if (used != usedPlace()) {
            return false;
        }
        if (avail == used && held.isEmpty()) {
            return heldInOrder();
        }
        return avail == availPlace() && ring().areHeld(held);
    }
}
