// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * The split format, VIRTIO 1.4 section 2.7: a descriptor table, an available ring, a used ring. Its places are the free-running
 * indexes of the two rings, 0..65535.
 */
final class SplitRing extends Ring {
    private static final int U16 = 0xffff;
    private static final int PLACES = U16 + 1;
    private static final int[] NO_HEADS = {};

    private final SplitWalk walk;
    private final ByteBuffer usedElem =
            ByteBuffer.allocateDirect(VirtqUsed.ELEM_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private ChainTracker tracker = ChainTracker.NONE;

    private long descAddress;
    private long availAddress;
    private long usedAddress;
    /** Heads that the ring's last life took and did not give back: they come before the available ring's next. */
    private int[] retaken = NO_HEADS;

    private int nextRetaken;

    SplitRing(int queue, GuestMemory memory, Chains chains) {
        super(queue, memory, chains);
        walk = new SplitWalk(queue, memory);
    }

    static boolean isPowerOfTwo(int descriptors) {
        return descriptors > 0 && Integer.bitCount(descriptors) == 1;
    }

    @Override
    boolean isSize(int descriptors, int most) {
        return isPowerOfTwo(descriptors) && descriptors <= most;
    }

    @Override
    void check(int descriptors, long desc, long driver, long device) throws VirtqueueException {
        checkArea("descriptor table", desc, VirtqDesc.ALIGN, descriptors * VirtqDesc.LENGTH);
        checkArea("available ring", driver, VirtqAvail.ALIGN, VirtqAvail.length(descriptors));
        checkArea("used ring", device, VirtqUsed.ALIGN, VirtqUsed.length(descriptors));
    }

    @Override
    void begin(int descriptors, long desc, long driver, long device) {
        begin(descriptors);
        descAddress = desc;
        availAddress = driver;
        usedAddress = device;
        retaken = NO_HEADS;
        nextRetaken = 0;
    }

    @Override
    int placesOf(int descriptors) {
        return PLACES;
    }

    /** Goes on where another life ended, after {@link #begin}: takes these heads first, then from a place on. */
    void resume(int[] heads, int fromPlace, int nextUsed) {
        availPlace = fromPlace & U16;
        usedPlace = nextUsed;
        retaken = heads.clone();
    }

    /** From now on this one is told of chains. */
    void track(ChainTracker by) {
        tracker = by;
    }

    /** The used index that a ring has in memory. */
    int loadUsedIdx(long address) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(address + VirtqUsed.IDX));
    }

    /** The available index that a ring has in memory. */
    int loadAvailIdx(long address) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(address + VirtqAvail.IDX));
    }

    /** Heads of the chains that are taken and not given back, in the order in which they were taken. */
    int[] heldHeads() {
        IntStream held = chains.outstanding().stream().mapToInt(DescriptorChain::head);
        return IntStream.concat(held, Arrays.stream(retaken, nextRetaken, retaken.length))
                .toArray();
    }

    /** Whether these heads are what the available ring has from the used index on, up to the next to be taken. */
    boolean areNextAfterUsed(int[] heads) throws GuestMemoryException {
        return heads.length == held() && availableAre(usedPlace, heads);
    }

    private boolean availableAre(int fromPlace, int[] heads) throws GuestMemoryException {
        for (int i = 0; i < heads.length; i++) {
            if (headAt(fromPlace + i) != heads[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    boolean allRetaken() {
        return nextRetaken == retaken.length;
    }

    /**
     * Whether a life that takes these chains again and then goes on at this index of the available ring has just the chains
     * that the device holds, with the same descriptors.
     *
     * @param nextAvailIdx 0..65535
     * @throws GuestMemoryException if the rings or a table are not in guest memory
     */
    boolean goesOn(int nextAvailIdx, int[] heads) throws GuestMemoryException {
        int[] held = heldHeads();
        int given = (loadAvailIdx(availAddress) - usedPlace) & U16;
        boolean known = heads.length == 0 && nextAvailIdx == availPlace;
        return given >= held.length
                && given <= size
                && (known || followsFrom(nextAvailIdx, heads, held))
                && descriptorsAreSame();
    }

    private boolean followsFrom(int nextAvailIdx, int[] heads, int[] held) throws GuestMemoryException {
        int rest = ahead(availPlace, nextAvailIdx);
        return heads.length + rest == held.length
                && Arrays.equals(heads, Arrays.copyOf(held, heads.length))
                && availableAre(nextAvailIdx, Arrays.copyOfRange(held, heads.length, held.length));
    }

    private boolean descriptorsAreSame() throws GuestMemoryException {
        for (DescriptorChain chain : chains.outstanding()) {
            DescriptorChain now = new DescriptorChain(chains.poolForLoading(), memory, chain.head());
            try {
                walk.copy(now, descAddress, size, indirect);
            } catch (VirtqueueException e) {
                return false;
            }
            if (!now.hasSameSegments(chain)) {
                return false;
            }
        }
        return true;
    }

    private int headAt(int place) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.ring(place & (size - 1))));
    }

    /** Never VIRTQ_USED_F_NO_NOTIFY, so without EVENT_IDX no notification can be lost (VQ-10). */
    @Override
    void allowNotifications() throws GuestMemoryException {
        memory.storeRelease16(usedAddress + VirtqUsed.FLAGS, (short) 0);
    }

    @Override
    boolean isOffered() throws VirtqueueException, GuestMemoryException {
        return !allRetaken() || offered() > 0;
    }

    @Override
    int offered() throws VirtqueueException, GuestMemoryException {
        // Acquire: pairs with the driver's barrier before its store of avail.idx (VQ-12).
        int idx = loadAvailIdx(availAddress);
        int ahead = (idx - availPlace) & U16;
        if (ahead > size) {
            throw fault("avail.idx is ahead by more than the queue's size", idx);
        }
        return ahead;
    }

    @Override
    boolean isOfferedAfterAsking() throws VirtqueueException, GuestMemoryException {
        memory.storeRelease16(usedAddress + VirtqUsed.availEvent(size), (short) availPlace);
        // Pairs with the driver's full barrier between its store of avail.idx and its load of avail_event.
        VarHandle.fullFence();
        return offered() != 0;
    }

    @Override
    DescriptorChain next() throws VirtqueueException, GuestMemoryException {
        boolean again = !allRetaken();
        DescriptorChain chain = chains.free(again ? retaken[nextRetaken] : headAt(availPlace));
        walk.copy(chain, descAddress, size, indirect);
        if (again) {
            nextRetaken++;
        } else {
            tracker.taken(chain.head());
            availPlace = (availPlace + 1) & U16;
        }
        return chain;
    }

    @Override
    long descriptorsVisited() {
        return walk.visited();
    }

    /** Writes the used element, then used.idx. */
    @Override
    void use(DescriptorChain chain, int length) throws GuestMemoryException {
        usedElem.clear();
        usedElem.putInt(VirtqUsed.ELEM_ID, chain.head());
        usedElem.putInt(VirtqUsed.ELEM_LEN, length);
        memory.write(usedAddress + VirtqUsed.ring(usedPlace & (size - 1)), usedElem);
        tracker.givesBack(chain.head());
        int next = (usedPlace + 1) & U16;
        // Release: pairs with the driver's barrier after its load of used.idx (VQ-09).
        memory.storeRelease16(usedAddress + VirtqUsed.IDX, (short) next);
        usedPlace = next;
        tracker.gaveBack(chain.head(), next);
    }

    /**
     * Without VIRTIO_F_EVENT_IDX every used chain interrupts, the driver's NO_INTERRUPT hint notwithstanding (HAIKU.md
     * section 4: that driver loses wake-ups otherwise).
     */
    @Override
    boolean driverChooses() {
        return eventIdx;
    }

    /** used_event. */
    @Override
    int wish() throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.usedEvent(size)));
    }

    @Override
    boolean fulfils(int wish, int fromPlace) {
        return hasPassed(wish, fromPlace);
    }

    @Override
    boolean isForOneEvent(int wish) {
        return true;
    }

    @Override
    int wishMax() {
        return U16;
    }
}
