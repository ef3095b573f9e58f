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
    }

    @Override
    int placesOf(int descriptors) {
        return 2 * descriptors;
    }

    private long address(int place) {
        return ringAddress + (long) PvirtqDesc.LENGTH * (place < size ? place : place - size);
    }

    /** A place as an event suppression structure has it. */
    private int offWrap(int place) {
        return place < size ? place | PvirtqEventSuppress.WRAP : place - size;
    }

    private int flagsAt(int place) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(address(place) + PvirtqDesc.FLAGS));
    }

    /** Whether flags say that the driver has made the descriptor at a place available, in that round (VQ-21). */
    private boolean isAvailable(int flags, int place) {
        boolean wrap = place < size;
        return ((flags & VIRTQ_DESC_F_AVAIL) != 0) == wrap && ((flags & VIRTQ_DESC_F_USED) != 0) != wrap;
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
        // Acquire: pairs with the driver's barrier before its store of the first descriptor's flags.
        return isAvailable(flagsAt(availPlace), availPlace);
    }

    @Override
    boolean isOfferedAfterAsking() throws GuestMemoryException {
        memory.storeRelease16(deviceAddress + PvirtqEventSuppress.DESC, (short) offWrap(availPlace));
        // Pairs with the driver's full barrier between its store of flags and its load of the device area.
        VarHandle.fullFence();
        return isOffered();
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
        int first = availPlace < size ? availPlace : availPlace - size;
        int id = walk.copy(chain, ringAddress, first, size, size - held(), indirect);
        chains.fileSpare(id);
        availPlace = after(availPlace, chain.slots());
        return chain;
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
        // Release: pairs with the driver's barrier after its load of the flags.
        memory.storeRelease16(at + PvirtqDesc.FLAGS, (short) (wrap | written));
        usedPlace = after(usedPlace, chain.slots());
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
        boolean firstRound = (wish & PvirtqEventSuppress.WRAP) != 0;
        return offset >= size || hasPassed(firstRound ? offset : offset + size, fromPlace);
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
