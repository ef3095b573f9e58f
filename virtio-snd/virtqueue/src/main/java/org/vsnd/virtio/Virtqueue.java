// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * One virtqueue, VIRTIO 1.4 section 2.6, as its device sees it: chains are taken from it and given back, whichever format the
 * driver has negotiated. The transport enables and resets it through {@link QueueRegisters}. Device thread only; allocates
 * nothing once it is enabled.
 */
public final class Virtqueue {
    private static final int SEGMENTS_MAX = (int) CardBudget.Limit.QUEUE_SEGMENTS.standard();

    private static final int NOTHING = -1;

    private final int index;
    private final int sizeMax;
    private final GuestMemory memory;
    private final IntConsumer interrupt;
    private final Chains chains;
    private final SplitRing split;
    private final PackedRing packed;
    private final UseOrder order = new UseOrder();
    private final PausedReturns returns = new PausedReturns();

    // The negotiated features.
    private boolean eventIdx;
    private boolean inOrder;
    private Ring negotiated;

    private boolean enabled;
    /** The format of this life. */
    private Ring ring;
    /**
     * What the driver wished when it was last interrupted because of it; {@link #NOTHING} once it has wished something else.
     */
    private int interruptedWish;

    /** Interrupts that were sent because the driver had named the event, in all lives. */
    private long wantedInterrupts;

    /**
     * @param index the queue's number
     * @param sizeMax most descriptors, a power of two up to 32768
     * @param interrupt called with the queue's index when the driver must be told of used buffers
     */
    public Virtqueue(int index, int sizeMax, GuestMemory memory, IntConsumer interrupt) {
        this(index, sizeMax, SEGMENTS_MAX, memory, interrupt);
    }

    /**
     * @param index the queue's number
     * @param sizeMax most descriptors, a power of two up to 32768
     * @param segmentsMax descriptors of all chains that the device holds, of indirect tables too; beyond, a chain is
     *     {@linkplain DescriptorChain#inExcess in excess}
     * @param interrupt called with the queue's index when the driver must be told of used buffers
     */
    public Virtqueue(int index, int sizeMax, int segmentsMax, GuestMemory memory, IntConsumer interrupt) {
        if (!SplitRing.isPowerOfTwo(sizeMax) || sizeMax > Ring.SIZE_LIMIT) {
            throw new IllegalArgumentException("sizeMax=" + sizeMax);
        }
        this.index = index;
        this.sizeMax = sizeMax;
        this.memory = memory;
        this.interrupt = interrupt;
        chains = new Chains(index, sizeMax, segmentsMax, memory);
        split = new SplitRing(index, memory, chains);
        packed = new PackedRing(index, memory, chains);
        negotiated = split;
        ring = split;
        ring.size = sizeMax;
    }

    /** Whether the ring can have so many descriptors, in the format negotiated. */
    boolean isSize(int descriptors) {
        return negotiated.isSize(descriptors, sizeMax);
    }

    boolean isSize(int descriptors, long features) {
        return ringOf(features).isSize(descriptors, sizeMax);
    }

    /** The queue's number. */
    public int index() {
        return index;
    }

    /** Descriptors in the ring while the queue is enabled. */
    public int size() {
        return ring.size;
    }

    int sizeMax() {
        return sizeMax;
    }

    /** Whether the driver has enabled the queue. */
    public boolean enabled() {
        return enabled;
    }

    /**
     * The negotiated features, given by the transport before it enables the queue, and again when they are final. The format
     * is that of the moment at which the queue is enabled. They outlive a reset of the queue.
     */
    public void setFeatures(long features) {
        eventIdx = (features & VirtioFeatures.VIRTIO_F_EVENT_IDX) != 0;
        inOrder = (features & VirtioFeatures.VIRTIO_F_IN_ORDER) != 0;
        negotiated = ringOf(features);
        split.setFeatures(features);
        packed.setFeatures(features);
    }

    private Ring ringOf(long features) {
        return (features & VirtioFeatures.VIRTIO_F_RING_PACKED) != 0 ? packed : split;
    }

    /** Whether the queue can go on with these features: it is not enabled, or its format is theirs. */
    public boolean fits(long features) {
        return !enabled || ring == ringOf(features);
    }

    /**
     * Begins a life at the first place. Does not touch guest memory yet.
     *
     * @throws VirtqueueException if an area is misaligned or wraps around the address space
     */
    void start(int size, long descAddress, long driverAddress, long deviceAddress) throws VirtqueueException {
        if (!isSize(size)) {
            throw VirtqueueException.of(index, "no ring of the format negotiated has such a size:", size);
        }
        negotiated.check(size, descAddress, driverAddress, deviceAddress);
        begin(size, descAddress, driverAddress, deviceAddress);
    }

    /**
     * Begins a life of the split format where another one ended, also in another process. The used ring says where that is.
     *
     * @param availIdx index of the next chain to take, 0..65535
     * @param heads chains that were taken and not given back, in the order in which they were taken; they are taken first
     * @throws VirtqueueException if a structure is misaligned or wraps around the address space, or if a head is none
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    void resume(int size, long descAddress, long availAddress, long usedAddress, int availIdx, int[] heads)
            throws VirtqueueException, GuestMemoryException {
        split.check(size, descAddress, availAddress, usedAddress);
        boolean[] seen = new boolean[size];
        for (int head : heads) {
            if (head >= size || seen[head]) {
                throw VirtqueueException.of(
                        index, "a chain is with the device that cannot be, or is twice; head", head);
            }
            seen[head] = true;
        }
        int used = split.loadUsedIdx(usedAddress);
        begin(size, descAddress, availAddress, usedAddress);
        split.resume(heads, availIdx, used);
    }

    /**
     * The same in the packed format, which does not say where another life ended.
     *
     * @param avail the place to take from when these have been taken, in this ring
     * @param used the place of the next use
     * @param lists descriptors that were taken and not given back
     */
    void resume(
            int size, long descAddress, long driverAddress, long deviceAddress, int avail, int used, List<byte[]> lists)
            throws VirtqueueException {
        if (!isSize(size)) {
            throw VirtqueueException.of(index, "no ring of the format negotiated has such a size:", size);
        }
        packed.check(size, descAddress, driverAddress, deviceAddress);
        begin(size, descAddress, driverAddress, deviceAddress);
        packed.resume(lists, avail, used);
    }

    /** The split format. */
    SplitRing split() {
        return split;
    }

    /** The packed format. */
    PackedRing packed() {
        return packed;
    }

    /** Whether the format negotiated is the packed one. */
    boolean isPacked() {
        return negotiated == packed;
    }

    /** Whether every chain of an earlier life has been taken again. */
    boolean allRetaken() {
        return ring.allRetaken();
    }

    private void begin(int size, long descAddress, long driverAddress, long deviceAddress) {
        ring = negotiated;
        ring.begin(size, descAddress, driverAddress, deviceAddress);
        chains.begin(size);
        interruptedWish = NOTHING;
        enabled = true;
    }

    /** Ends the life: outstanding chains are abandoned. */
    void stop() {
        enabled = false;
        returns.end();
        order.forget();
        chains.end();
    }

    /** Descriptors read in all polls, in all lives, as a measure of their cost. */
    public long descriptorsVisited() {
        return split.descriptorsVisited() + packed.descriptorsVisited();
    }

    /** Descriptors that the device holds, as {@code segmentsMax} counts them. Any thread; slightly out of date. */
    public int segmentsHeld() {
        return chains.segmentsHeld();
    }

    /**
     * Takes the next available chain, its descriptors copied once (VQ-12). When there is none, asks the driver to notify
     * for the next one and looks again, so that no notification is lost (VQ-10). With VIRTIO_F_EVENT_IDX that request is
     * implied by null: a caller that stops polling earlier must come back without being notified.
     *
     * @return the chain, owned by the caller until {@link #complete} or a reset; null if there is none or the queue is not
     *     enabled
     * @throws VirtqueueException if the ring or the chain breaks the rules of VQ-04 (the device then needs a reset)
     * @throws GuestMemoryException if the ring or a table is not in guest memory; nothing is consumed, so a later call
     *     tries the same chain again
     */
    public @Nullable DescriptorChain poll() throws VirtqueueException, GuestMemoryException {
        if (!enabled || returns.paused()) {
            return null;
        }
        ring.welcome();
        if (!ring.isOffered() && !(eventIdx && ring.isOfferedAfterAsking())) {
            return null;
        }
        DescriptorChain chain = ring.next();
        chains.take(chain);
        if (inOrder) {
            order.taken(chain);
        }
        return chain;
    }

    /**
     * Chains offered and not yet taken, 0..size, as far as can be seen: 0 if the queue is not enabled, its ring is not there, or
     * is broken.
     */
    public int offered() {
        try {
            return enabled && !returns.paused() ? ring.offered() : 0;
        } catch (VirtqueueException | GuestMemoryException e) {
            return 0;
        }
    }

    /**
     * Gives a chain back: writes what is used, then marks it so with release ordering, then interrupts if the driver is to be
     * told. A split ring without VIRTIO_F_EVENT_IDX always interrupts, the driver's NO_INTERRUPT hint notwithstanding
     * (HAIKU.md section 4: that driver loses wake-ups otherwise). With VIRTIO_F_IN_ORDER the chain waits here for those that
     * were taken before it.
     *
     * @param chain polled from this queue and not completed yet; nothing happens if the queue was reset since
     * @param usedBytes bytes written to the chain's device-writable part from its start, never an overestimate
     * @throws IllegalArgumentException if {@code usedBytes} is negative or exceeds the writable part
     * @throws GuestMemoryException if the ring is not in guest memory; the chain is still the caller's unless it had been
     *     marked, or waits for its turn
     */
    public void complete(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        if (returns.add(chain, usedBytes)) {
            return;
        }
        int place = ring.usedPlace;
        if (use(chain, usedBytes) && (!ring.driverChooses() || driverWaits(place))) {
            interrupt.accept(index);
        }
    }

    /**
     * Interrupts the driver because of a chain that {@link #completeAnnounced} will give back, unless it is abandoned.
     */
    public void announce(DescriptorChain chain) {
        if (!chain.isAbandoned() && !returns.paused()) {
            interrupt.accept(index);
        }
    }

    /**
     * Gives a chain back as {@link #complete} does, but never interrupts.
     *
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    public void completeAnnounced(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        if (!returns.add(chain, usedBytes)) {
            use(chain, usedBytes);
        }
    }

    /**
     * Marks a chain as used, and those that have waited for it.
     *
     * @return false if nothing was used
     */
    private boolean use(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        if (chain.isAbandoned()) {
            return false;
        }
        if (!chains.has(chain) || (inOrder && chain.isDone())) {
            throw new IllegalStateException("queue " + index + ": chain completed twice or on another queue");
        }
        if (usedBytes < 0 || usedBytes > chain.writableBytes()) {
            throw new IllegalArgumentException("usedBytes=" + usedBytes + " of " + chain.writableBytes());
        }
        if (!inOrder) {
            give(chain, usedBytes);
            return true;
        }
        chain.done(usedBytes);
        boolean used = false;
        for (DescriptorChain done = order.done(); done != null; done = order.done()) {
            give(done, done.doneBytes());
            order.next();
            used = true;
        }
        return used;
    }

    private void give(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        // An underestimate is allowed: 2^32 does not fit.
        ring.use(chain, (int) Math.min(usedBytes, 0xffff_ffffL));
        chain.release();
    }

    private boolean driverWaits(int fromPlace) throws GuestMemoryException {
        // Pairs with the driver's full barrier between its store of what it wishes and its look at what is used.
        VarHandle.fullFence();
        int wish = ring.wish();
        if (!ring.fulfils(wish, fromPlace)) {
            return false;
        }
        if (ring.isForOneEvent(wish)) {
            interruptedWish = wish;
            wantedInterrupts++;
        }
        return true;
    }

    /** Whether VIRTIO_F_EVENT_IDX was negotiated. */
    public boolean eventIdx() {
        return eventIdx;
    }

    /**
     * How many interrupts the driver has asked for by an event index, resets notwithstanding. Another one says that the driver
     * has reacted to those before.
     */
    public long wantedInterrupts() {
        return wantedInterrupts;
    }

    /**
     * Whether the driver has moved its event index since it was last interrupted, as it does when it has looked at its
     * used buffers. Without VIRTIO_F_EVENT_IDX, without an interrupt and while the queue is disabled or paused: true, since
     * this cannot be known.
     *
     * @throws GuestMemoryException if the driver's area is not in guest memory
     */
    public boolean driverReacted() throws GuestMemoryException {
        if (!enabled || returns.paused()) {
            return true;
        }
        if (interruptedWish != NOTHING && ring.wish() != interruptedWish) {
            interruptedWish = NOTHING;
        }
        return interruptedWish == NOTHING;
    }

    /**
     * Nothing is taken from the ring and nothing is written into it until {@link #proceed} or {@link #stop}; the device keeps
     * what it has.
     */
    void pause() {
        returns.begin();
    }

    /** Whether the queue is paused. */
    boolean paused() {
        return returns.paused();
    }

    /** The device of a restored queue, which is paused, has given this back. */
    void giveBack(PausedReturns.Return done) {
        returns.add(done.chain(), done.usedBytes());
    }

    /** What the device has given back since {@link #pause}, in order. */
    List<PausedReturns.Return> pausedReturns() {
        return returns.waiting();
    }

    /**
     * Ends the pause: what was given back meanwhile is given back now, without an interrupt.
     *
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    void proceed() throws GuestMemoryException {
        List<PausedReturns.Return> waiting = returns.waiting();
        returns.end();
        for (PausedReturns.Return each : waiting) {
            use(each.chain(), each.usedBytes());
        }
    }

    /** Writes a life that goes on: the places and every chain that is with the device. */
    void save(SnapshotWriter out) {
        ring.save(out);
        out.i32(interruptedWish);
        for (DescriptorChain chain : chains.outstanding()) {
            out.u16(chain.head());
            if (ring == packed) {
                out.u16(chain.slots());
            }
            if (inOrder) {
                out.bool(chain.isDone());
                if (chain.isDone()) {
                    out.i64(chain.doneBytes());
                }
            }
            chain.save(out);
        }
    }

    /**
     * Reads such a life; the addresses are those of the registers.
     *
     * @param features negotiated
     * @return begins it, in a ring that is stopped and has these features
     */
    Runnable load(
            SnapshotReader in,
            int size,
            long descAddress,
            long driverAddress,
            long deviceAddress,
            long features,
            RestoredChains restored)
            throws SnapshotException {
        Ring format = ringOf(features);
        try {
            format.check(size, descAddress, driverAddress, deviceAddress);
        } catch (VirtqueueException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
        Ring.Saved places = Ring.load(in, size, format.placesOf(size));
        int wish = in.i32("the driver's wish", NOTHING, format.wishMax());
        boolean ordered = (features & VirtioFeatures.VIRTIO_F_IN_ORDER) != 0;
        List<DescriptorChain> outstanding = new ArrayList<>();
        SegmentPool loaded = chains.poolForLoading();
        for (int held = places.held(); held > 0; ) {
            int head = in.u16("a chain's head", size - 1);
            int slots = format == packed ? in.u16("a chain's descriptors", held) : 1;
            in.require(slots > 0, "a chain has no descriptors");
            boolean done = ordered && in.bool("a chain waits for its turn");
            long doneBytes = done ? in.i64("bytes of a chain that waits", 0, DescriptorWalk.CHAIN_BYTES_MAX) : -1;
            DescriptorChain chain =
                    DescriptorChain.load(in, loaded, memory, head, size + DescriptorWalk.INDIRECT_ENTRIES_MAX);
            in.require(!loaded.exceeded(), "more descriptors are with the device than there may be");
            chain.slots(slots);
            if (done) {
                chain.done(doneBytes);
            }
            restored.add(in, index, chain, done);
            outstanding.add(chain);
            held -= slots;
        }
        return () -> {
            begin(size, descAddress, driverAddress, deviceAddress);
            ring.goOn(places);
            interruptedWish = wish;
            outstanding.forEach(chain -> adopt(chain, ordered));
        };
    }

    private void adopt(DescriptorChain chain, boolean ordered) {
        chains.adopt(chain);
        if (ordered) {
            order.taken(chain);
        }
    }
}
