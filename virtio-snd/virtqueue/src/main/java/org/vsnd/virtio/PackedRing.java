// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.PvirtqDesc.VIRTQ_DESC_F_AVAIL;
import static org.vsnd.virtio.PvirtqDesc.VIRTQ_DESC_F_USED;
import static org.vsnd.virtio.PvirtqEventSuppress.RING_EVENT_FLAGS_DESC;
import static org.vsnd.virtio.PvirtqEventSuppress.RING_EVENT_FLAGS_DISABLE;
import static org.vsnd.virtio.PvirtqEventSuppress.RING_EVENT_FLAGS_ENABLE;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_NEXT;
import static org.vsnd.virtio.VirtqDesc.VIRTQ_DESC_F_WRITE;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * The packed format, VIRTIO 1.4 section 2.8: one ring of descriptors, which the driver makes available and the device
 * overwrites with used ones, and an event suppression structure for each side. Its places are the descriptors of two rounds: the
 * first with a wrap counter of 1, the second with 0.
 */
final class PackedRing extends Ring {
    private final PackedWalk walk;
    /** Length and buffer ID of a used descriptor. */
    private final ByteBuffer used =
            ByteBuffer.allocateDirect(PvirtqDesc.FLAGS - PvirtqDesc.LEN).order(ByteOrder.LITTLE_ENDIAN);

    private ListTracker tracker = ListTracker.NONE;

    /** Lists that the ring's last life took and did not give back: they come before the ring's next. */
    private List<byte[]> retaken = List.of();

    private int nextRetaken;

    private long ringAddress;
    private long driverAddress;
    private long deviceAddress;

    PackedRing(int queue, GuestMemory memory, Chains chains) {
        super(queue, memory, chains);
        walk = new PackedWalk(queue, memory);
    }

    @Override
    boolean isSize(int descriptors, int most) {
        return descriptors > 0 && descriptors <= most;
    }

    @Override
    void check(int descriptors, long desc, long driver, long device) throws VirtqueueException {
        checkArea("descriptor ring", desc, PvirtqDesc.ALIGN, descriptors * PvirtqDesc.LENGTH);
        checkArea("driver area", driver, PvirtqEventSuppress.ALIGN, PvirtqEventSuppress.LENGTH);
        checkArea("device area", device, PvirtqEventSuppress.ALIGN, PvirtqEventSuppress.LENGTH);
    }

    @Override
    void begin(int descriptors, long desc, long driver, long device) {
        begin(descriptors);
        ringAddress = desc;
        driverAddress = driver;
        deviceAddress = device;
        retaken = List.of();
        nextRetaken = 0;
    }

    /**
     * Goes on where another life ended, after {@link #begin}: takes these lists first, then from a place on.
     *
     * @param used the place of the next use
     */
    void resume(List<byte[]> lists, int avail, int used) {
        availPlace = avail;
        usedPlace = used;
        retaken = List.copyOf(lists);
    }

    /** From now on this one is told of lists. */
    void track(ListTracker by) {
        tracker = by;
    }

    @Override
    boolean allRetaken() {
        return nextRetaken == retaken.size();
    }

    @Override
    int placesOf(int descriptors) {
        return 2 * descriptors;
    }

    private long address(int place) {
        return ringAddress + (long) PvirtqDesc.LENGTH * slot(place);
    }

    /** A place as an event suppression structure has it. */
    int offWrap(int place) {
        return place < size ? place | PvirtqEventSuppress.WRAP : place - size;
    }

    /** The opposite, for a ring of this one's size or another. */
    static int place(int offWrap, int descriptors) {
        int offset = offWrap & (PvirtqEventSuppress.WRAP - 1);
        return (offWrap & PvirtqEventSuppress.WRAP) != 0 ? offset : offset + descriptors;
    }

    private int flagsAt(int place) throws GuestMemoryException {
        return flags(ringAddress, slot(place));
    }

    private int flags(long ring, int index) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(ring + (long) PvirtqDesc.LENGTH * index + PvirtqDesc.FLAGS));
    }

    /** Whether flags say that the driver has made the descriptor at a place available, in that round (VQ-21). */
    private static boolean isAvailable(int flags, boolean wrap) {
        return ((flags & VIRTQ_DESC_F_AVAIL) != 0) == wrap && ((flags & VIRTQ_DESC_F_USED) != 0) != wrap;
    }

    private boolean isAvailable(int flags, int place) {
        return isAvailable(flags, place < size);
    }

    /** Whether a descriptor is available in a ring that need not be enabled. */
    boolean isAvailable(long ring, int place, int descriptors) throws GuestMemoryException {
        boolean wrap = place < descriptors;
        return isAvailable(flags(ring, wrap ? place : place - descriptors), wrap);
    }

    /** Whether a descriptor has VIRTQ_DESC_F_USED, which no driver sets before a device has. */
    boolean showsUse(long ring, int descriptors) throws GuestMemoryException {
        for (int i = 0; i < descriptors; i++) {
            if ((flags(ring, i) & VIRTQ_DESC_F_USED) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Whether a ring that need not be enabled has just these lists, from a descriptor on. */
    boolean has(long ring, int first, int descriptors, List<byte[]> lists) throws GuestMemoryException {
        int index = first;
        for (byte[] list : lists) {
            for (int i = 0; i < list.length; i += PvirtqDesc.LENGTH) {
                ByteBuffer now = ByteBuffer.allocate(PvirtqDesc.LENGTH);
                memory.read(ring + (long) PvirtqDesc.LENGTH * index, now);
                if (!now.flip().equals(ByteBuffer.wrap(list, i, PvirtqDesc.LENGTH))) {
                    return false;
                }
                index = index + 1 == descriptors ? 0 : index + 1;
            }
        }
        return true;
    }

    @Override
    void allowNotifications() throws GuestMemoryException {
        if (eventIdx) {
            memory.storeRelease16(deviceAddress + PvirtqEventSuppress.DESC, (short) offWrap(availPlace));
        }
        memory.storeRelease16(deviceAddress + PvirtqEventSuppress.FLAGS, (short)
                (eventIdx ? RING_EVENT_FLAGS_DESC : RING_EVENT_FLAGS_ENABLE));
    }

    @Override
    boolean isOffered() throws GuestMemoryException {
        return !allRetaken() || isNextAvailable();
    }

    private boolean isNextAvailable() throws GuestMemoryException {
        // Acquire: pairs with the driver's barrier before its store of the first descriptor's flags.
        return isAvailable(flagsAt(availPlace), availPlace);
    }

    @Override
    boolean isOfferedAfterAsking() throws GuestMemoryException {
        memory.storeRelease16(deviceAddress + PvirtqEventSuppress.DESC, (short) offWrap(availPlace));
        // Pairs with the driver's full barrier between its store of flags and its load of the device area.
        VarHandle.fullFence();
        return isNextAvailable();
    }

    @Override
    int offered() throws GuestMemoryException {
        int lists = 0;
        int place = availPlace;
        for (int left = size - held(); left > 0; left--) {
            int flags = flagsAt(place);
            if (!isAvailable(flags, place)) {
                return lists;
            }
            lists += (flags & VIRTQ_DESC_F_NEXT) == 0 ? 1 : 0;
            place = after(place, 1);
        }
        return lists;
    }

    /** The buffer ID is in the last descriptor (VQ-24). */
    @Override
    DescriptorChain next() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = chains.spare();
        if (!allRetaken()) {
            chains.fileSpare(walk.copy(chain, retaken.get(nextRetaken), indirect));
            nextRetaken++;
            return chain;
        }
        int id = walk.copy(chain, ringAddress, slot(availPlace), size, size - held(), indirect, tracker);
        chains.fileSpare(id);
        tracker.taken(id);
        availPlace = after(availPlace, chain.slots());
        return chain;
    }

    /** Index in the ring of a place's descriptor. */
    private int slot(int place) {
        return place < size ? place : place - size;
    }

    /** Tells the tracker of the lists that are with the device, which the ring still has. */
    void tellHeld() throws VirtqueueException, GuestMemoryException {
        DescriptorChain now = scratch();
        int place = usedPlace;
        for (DescriptorChain chain : chains.outstanding()) {
            int id = walk.copy(now, ringAddress, slot(place), size, chain.slots(), indirect, tracker);
            if (id != chain.head() || now.slots() != chain.slots()) {
                throw VirtqueueException.of(queue, "a list that is held is another one in the ring now; buffer ID", id);
            }
            tracker.taken(id);
            place = after(place, chain.slots());
        }
    }

    /** Whether the lists that are with the device are what the ring has from the place of the next use on, in that order. */
    boolean isHeldInOrder() throws GuestMemoryException {
        int place = usedPlace;
        for (DescriptorChain chain : chains.outstanding()) {
            if (!hasAt(place, chain)) {
                return false;
            }
            place = after(place, chain.slots());
        }
        return place == availPlace;
    }

    private boolean hasAt(int place, DescriptorChain chain) throws GuestMemoryException {
        if (!isAvailable(flagsAt(place), place)) {
            return false;
        }
        DescriptorChain now = scratch();
        try {
            int most = ahead(availPlace, place);
            int id = walk.copy(now, ringAddress, slot(place), size, most, indirect, ListTracker.NONE);
            return isSame(chain, id, now);
        } catch (VirtqueueException e) {
            return false;
        }
    }

    private static boolean isSame(DescriptorChain chain, int id, DescriptorChain now) {
        return id == chain.head() && now.slots() == chain.slots() && now.hasSameSegments(chain);
    }

    private DescriptorChain scratch() {
        return new DescriptorChain(chains.poolForLoading(), memory, 0);
    }

    /** Whether these are the lists that are with the device, with the same buffers, in that order. */
    boolean areHeld(List<byte[]> lists) throws GuestMemoryException {
        List<DescriptorChain> held = chains.outstanding();
        if (lists.size() != held.size()) {
            return false;
        }
        for (int i = 0; i < lists.size(); i++) {
            DescriptorChain now = scratch();
            try {
                int id = walk.copy(now, lists.get(i), indirect);
                if (!isSame(held.get(i), id, now)) {
                    return false;
                }
            } catch (VirtqueueException e) {
                return false;
            }
        }
        return true;
    }

    @Override
    long descriptorsVisited() {
        return walk.visited();
    }

    /** Writes length and buffer ID, then the flags (VQ-25). */
    @Override
    void use(DescriptorChain chain, int length) throws GuestMemoryException {
        long at = address(usedPlace);
        used.clear();
        used.putInt(0, length).putShort(PvirtqDesc.ID - PvirtqDesc.LEN, (short) chain.head());
        memory.write(at + PvirtqDesc.LEN, used);
        int wrap = usedPlace < size ? VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED : 0;
        int written = length == 0 ? 0 : VIRTQ_DESC_F_WRITE;
        int next = after(usedPlace, chain.slots());
        tracker.givesBack(chain.head(), offWrap(next));
        // Release: pairs with the driver's barrier after its load of the flags.
        memory.storeRelease16(at + PvirtqDesc.FLAGS, (short) (wrap | written));
        usedPlace = next;
        tracker.gaveBack(chain.head());
    }

    @Override
    boolean driverChooses() {
        return true;
    }

    /** The driver area: flags, then the place. */
    @Override
    int wish() throws GuestMemoryException {
        int flags = memory.loadAcquire16(driverAddress + PvirtqEventSuppress.FLAGS) & PvirtqEventSuppress.FLAGS_MASK;
        return flags << 16 | Short.toUnsignedInt(memory.loadAcquire16(driverAddress + PvirtqEventSuppress.DESC));
    }

    /** What makes no sense is taken for the wish to be told. */
    @Override
    boolean fulfils(int wish, int fromPlace) {
        if (!isForOneEvent(wish)) {
            return wish >>> 16 != RING_EVENT_FLAGS_DISABLE;
        }
        int offset = wish & (PvirtqEventSuppress.WRAP - 1);
        return offset >= size || hasPassed(place(wish, size), fromPlace);
    }

    @Override
    boolean isForOneEvent(int wish) {
        return eventIdx && wish >>> 16 == RING_EVENT_FLAGS_DESC;
    }

    @Override
    int wishMax() {
        return RING_EVENT_FLAGS_DESC << 16 | 0xffff;
    }
}
