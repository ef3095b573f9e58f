// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * One split virtqueue, VIRTIO 1.4 section 2.7, as its device sees it: chains are taken from it and given back. The transport
 * enables and resets it through {@link QueueRegisters}. Device thread only; allocates nothing once it is enabled.
 */
public final class Virtqueue {
    /** Most descriptors of any queue, section 2.7. */
    private static final int SIZE_LIMIT = 32768;

    private static final int SEGMENTS_MAX = (int) CardBudget.Limit.QUEUE_SEGMENTS.standard();

    private static final int U16 = 0xffff;
    private static final int NOTHING = -1;
    private static final int[] NO_HEADS = {};

    private final int index;
    private final int sizeMax;
    private final GuestMemory memory;
    private final IntConsumer interrupt;
    private final DescriptorWalk walk;
    private final PausedReturns returns = new PausedReturns();
    private ChainTracker tracker = ChainTracker.NONE;
    private final int segmentsMax;
    private final SegmentPool segments;
    /** By head, complete while the queue is enabled. An outstanding chain of an earlier life is not included. */
    private final @Nullable DescriptorChain[] chains;

    private final ByteBuffer usedElem =
            ByteBuffer.allocateDirect(VirtqUsed.ELEM_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    // The negotiated features.
    private boolean eventIdx;
    private boolean indirect;

    private boolean enabled;
    private int size;
    private long descAddress;
    private long availAddress;
    private long usedAddress;
    private boolean flagsWritten;
    /** Index of the next chain to take, 0..65535. */
    private int availIdx;
    /** Index of the next used element to write, 0..65535. */
    private int usedIdx;
    /** Heads that the ring's last life took and did not give back: they come before the available ring's next. */
    private int[] retaken = NO_HEADS;

    private int nextRetaken;
    /** Chains taken, in all lives: their order. */
    private long taken;
    /**
     * The value of used_event when the driver was last interrupted because of it; {@link #NOTHING} once it has changed.
     */
    private int interruptedEvent;

    /** Interrupts that were sent because of used_event, in all lives. */
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
        if (!isSize(sizeMax, SIZE_LIMIT)) {
            throw new IllegalArgumentException("sizeMax=" + sizeMax);
        }
        this.index = index;
        this.sizeMax = sizeMax;
        this.size = sizeMax;
        this.memory = memory;
        this.interrupt = interrupt;
        this.walk = new DescriptorWalk(index, memory);
        this.segmentsMax = segmentsMax;
        this.segments = new SegmentPool(segmentsMax);
        this.chains = new DescriptorChain[sizeMax];
    }

    static boolean isSize(int size, int max) {
        return size > 0 && size <= max && Integer.bitCount(size) == 1;
    }

    /** The queue's number. */
    public int index() {
        return index;
    }

    /** Descriptors in the ring while the queue is enabled. */
    public int size() {
        return size;
    }

    int sizeMax() {
        return sizeMax;
    }

    /** Whether the driver has enabled the queue. */
    public boolean enabled() {
        return enabled;
    }

    /**
     * The negotiated features, given by the transport when they are final: a driver may enable a queue before. They outlive
     * a reset of the queue.
     */
    public void setFeatures(long features) {
        eventIdx = (features & VirtioFeatures.VIRTIO_F_EVENT_IDX) != 0;
        indirect = (features & VirtioFeatures.VIRTIO_F_INDIRECT_DESC) != 0;
    }

    /**
     * Begins a life at index 0. Does not touch guest memory yet.
     *
     * @throws VirtqueueException if a structure is misaligned or wraps around the address space
     */
    void start(int size, long descAddress, long availAddress, long usedAddress) throws VirtqueueException {
        checkAll(size, descAddress, availAddress, usedAddress);
        begin(size, descAddress, availAddress, usedAddress);
    }

    /**
     * Begins a life where another one ended, also in another process. The used ring says where that is.
     *
     * @param availIdx index of the next chain to take, 0..65535
     * @param heads chains that were taken and not given back, in the order in which they were taken; they are taken first
     * @throws VirtqueueException if a structure is misaligned or wraps around the address space, or if a head is none
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    void resume(int size, long descAddress, long availAddress, long usedAddress, int availIdx, int[] heads)
            throws VirtqueueException, GuestMemoryException {
        checkAll(size, descAddress, availAddress, usedAddress);
        boolean[] seen = new boolean[size];
        for (int head : heads) {
            if (head >= size || seen[head]) {
                throw fault("a chain is with the device that cannot be, or is twice; head", head);
            }
            seen[head] = true;
        }
        int used = loadUsedIdx(usedAddress);
        begin(size, descAddress, availAddress, usedAddress);
        this.availIdx = availIdx & U16;
        this.usedIdx = used;
        this.retaken = heads.clone();
    }

    /** The used index that a ring has in memory, whether it is enabled or not. */
    int loadUsedIdx(long usedAddress) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(usedAddress + VirtqUsed.IDX));
    }

    /** The available index that a ring has in memory, whether it is enabled or not. */
    int loadAvailIdx(long availAddress) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.IDX));
    }

    /** From now on this one is told of chains. */
    void track(ChainTracker by) {
        tracker = by;
    }

    /** Index of the next chain to take from the available ring, 0..65535. */
    int availIdx() {
        return availIdx;
    }

    /** Index of the next used element to write, 0..65535. */
    int usedIdx() {
        return usedIdx;
    }

    /** Heads of the chains that are taken and not given back, in the order in which they were taken. */
    int[] heldHeads() {
        IntStream held = outstanding().stream().mapToInt(DescriptorChain::head);
        return IntStream.concat(held, Arrays.stream(retaken, nextRetaken, retaken.length))
                .toArray();
    }

    private List<DescriptorChain> outstanding() {
        List<DescriptorChain> held = new ArrayList<>();
        for (int head = 0; head < size; head++) {
            DescriptorChain chain = chains[head];
            if (chain != null && chain.isOutstanding()) {
                held.add(chain);
            }
        }
        held.sort(Comparator.comparingLong(DescriptorChain::turn));
        return held;
    }

    /**
     * Whether these heads are what the available ring has from {@link #usedIdx} to {@link #availIdx}: then a life that begins
     * there takes just them. It is so when chains were given back in the order in which they were taken.
     *
     * @throws GuestMemoryException if the available ring is not in guest memory
     */
    boolean areNextAfterUsed(int[] heads) throws GuestMemoryException {
        return heads.length == ((availIdx - usedIdx) & U16) && availableAre(usedIdx, heads);
    }

    private boolean availableAre(int from, int[] heads) throws GuestMemoryException {
        for (int i = 0; i < heads.length; i++) {
            int entry = (from + i) & (size - 1);
            if (Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.ring(entry))) != heads[i]) {
                return false;
            }
        }
        return true;
    }

    private void begin(int size, long descAddress, long availAddress, long usedAddress) {
        this.size = size;
        this.descAddress = descAddress;
        this.availAddress = availAddress;
        this.usedAddress = usedAddress;
        this.flagsWritten = false;
        this.availIdx = 0;
        this.usedIdx = 0;
        this.retaken = NO_HEADS;
        this.nextRetaken = 0;
        this.interruptedEvent = NOTHING;
        this.enabled = true;
        segments.reserve(size); // now: a driver may use a head for the first time after minutes
        for (int head = 0; head < size; head++) {
            if (chains[head] == null) {
                chains[head] = new DescriptorChain(segments, memory, head);
            }
        }
    }

    private void checkAll(int size, long descAddress, long availAddress, long usedAddress) throws VirtqueueException {
        check("descriptor table", descAddress, VirtqDesc.ALIGN, size * VirtqDesc.LENGTH);
        check("available ring", availAddress, VirtqAvail.ALIGN, VirtqAvail.length(size));
        check("used ring", usedAddress, VirtqUsed.ALIGN, VirtqUsed.length(size));
    }

    private void check(String what, long address, int align, int length) throws VirtqueueException {
        if ((address & (align - 1)) != 0) {
            throw fault(what + " is misaligned", address);
        }
        if (Long.compareUnsigned(address + length - 1, address) < 0) {
            throw fault(what + " wraps around", address);
        }
    }

    /** Ends the life: outstanding chains are abandoned. */
    void stop() {
        enabled = false;
        returns.end();
        for (int head = 0; head < chains.length; head++) {
            DescriptorChain chain = chains[head];
            if (chain != null && chain.isOutstanding()) {
                // Its holder may still complete it, so the object must not come back in the next life.
                chain.abandon();
                chains[head] = null;
            } else if (chain != null) {
                chain.clear(); // it may be the one at which a poll failed
            }
        }
    }

    /** Descriptors read in all polls, in all lives, as a measure of their cost. */
    public long descriptorsVisited() {
        return walk.visited();
    }

    /** Descriptors that the device holds, as {@code segmentsMax} counts them. Any thread; slightly out of date. */
    public int segmentsHeld() {
        return segments.used();
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
        if (!flagsWritten) {
            // Never VIRTQ_USED_F_NO_NOTIFY, so without EVENT_IDX no notification can be lost (VQ-10).
            memory.storeRelease16(usedAddress + VirtqUsed.FLAGS, (short) 0);
            flagsWritten = true;
        }
        boolean again = nextRetaken < retaken.length;
        if (!again && available() == 0 && !(eventIdx && availableAfterAsking())) {
            return null;
        }
        DescriptorChain chain = chainAt(again ? retaken[nextRetaken] : nextHead());
        walk.copy(chain, descAddress, size, indirect);
        if (again) {
            nextRetaken++;
        } else {
            tracker.taken(chain.head());
            availIdx = (availIdx + 1) & U16;
        }
        chain.take(taken++);
        return chain;
    }

    /** Chains offered and not yet taken, 0..size. */
    private int available() throws VirtqueueException, GuestMemoryException {
        // Acquire: pairs with the driver's barrier before its store of avail.idx (VQ-12).
        int idx = Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.IDX));
        int ahead = (idx - availIdx) & U16;
        if (ahead > size) {
            throw fault("avail.idx is ahead by more than the queue's size", idx);
        }
        return ahead;
    }

    /**
     * Chains offered and not yet taken, 0..size, as far as can be seen: 0 if the queue is not enabled, its ring is not there, or
     * is broken.
     */
    public int offered() {
        try {
            return enabled && !returns.paused() ? available() : 0;
        } catch (VirtqueueException | GuestMemoryException e) {
            return 0;
        }
    }

    /** Asks for a notification of the next chain, then looks whether it came meanwhile. */
    private boolean availableAfterAsking() throws VirtqueueException, GuestMemoryException {
        memory.storeRelease16(usedAddress + VirtqUsed.availEvent(size), (short) availIdx);
        // Pairs with the driver's full barrier between its store of avail.idx and its load of avail_event.
        VarHandle.fullFence();
        return available() != 0;
    }

    private int nextHead() throws VirtqueueException, GuestMemoryException {
        int entry = availIdx & (size - 1);
        int head = Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.ring(entry)));
        if (head >= size) {
            throw fault("available ring names a descriptor out of range", head);
        }
        return head;
    }

    private DescriptorChain chainAt(int head) throws VirtqueueException {
        DescriptorChain chain = chains[head];
        if (chain == null) {
            throw new IllegalStateException("queue " + index + " is not enabled");
        }
        if (chain.isOutstanding()) {
            throw fault("chain offered again while the device has it; head", head);
        }
        return chain;
    }

    /**
     * Gives a chain back: writes the used element, then used.idx with release ordering, then interrupts if the driver is
     * to be told. Without VIRTIO_F_EVENT_IDX every used buffer interrupts, the driver's NO_INTERRUPT hint
     * notwithstanding (HAIKU.md section 4: that driver loses wake-ups otherwise).
     *
     * @param chain polled from this queue and not completed yet; nothing happens if the queue was reset since
     * @param usedBytes bytes written to the chain's device-writable part from its start, never an overestimate
     * @throws IllegalArgumentException if {@code usedBytes} is negative or exceeds the writable part
     * @throws GuestMemoryException if the used ring is not in guest memory; the chain is still the caller's unless used.idx had
     *     been written
     */
    public void complete(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        if (returns.add(chain, usedBytes)) {
            return;
        }
        int old = usedIdx;
        if (use(chain, usedBytes) && (!eventIdx || driverWaitsFor(usedIdx, old))) {
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
     * Writes the used element and used.idx.
     *
     * @return false if the chain is abandoned
     */
    private boolean use(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        if (chain.isAbandoned()) {
            return false;
        }
        if (!chain.isOutstanding() || chains[chain.head()] != chain) {
            throw new IllegalStateException("queue " + index + ": chain completed twice or on another queue");
        }
        if (usedBytes < 0 || usedBytes > chain.writableBytes()) {
            throw new IllegalArgumentException("usedBytes=" + usedBytes + " of " + chain.writableBytes());
        }
        // An underestimate is allowed: 2^32 does not fit.
        int len = (int) Math.min(usedBytes, 0xffff_ffffL);
        usedElem.clear();
        usedElem.putInt(VirtqUsed.ELEM_ID, chain.head());
        usedElem.putInt(VirtqUsed.ELEM_LEN, len);
        memory.write(usedAddress + VirtqUsed.ring(usedIdx & (size - 1)), usedElem);
        tracker.givesBack(chain.head());
        int next = (usedIdx + 1) & U16;
        // Release: pairs with the driver's barrier after its load of used.idx (VQ-09).
        memory.storeRelease16(usedAddress + VirtqUsed.IDX, (short) next);
        usedIdx = next;
        tracker.gaveBack(chain.head(), next);
        chain.release();
        return true;
    }

    private boolean driverWaitsFor(int newIdx, int oldIdx) throws GuestMemoryException {
        // Pairs with the driver's full barrier between its store of used_event and its load of used.idx.
        VarHandle.fullFence();
        int event = usedEvent();
        boolean waits = needEvent(event, newIdx, oldIdx);
        if (waits) {
            interruptedEvent = event;
            wantedInterrupts++;
        }
        return waits;
    }

    private int usedEvent() throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(availAddress + VirtqAvail.usedEvent(size)));
    }

    /** Whether VIRTIO_F_EVENT_IDX was negotiated. */
    public boolean eventIdx() {
        return eventIdx;
    }

    /**
     * How many interrupts {@code used_event} has asked for, resets notwithstanding. Another one says that the driver has
     * reacted to those before.
     */
    public long wantedInterrupts() {
        return wantedInterrupts;
    }

    /**
     * Whether the driver has moved {@code used_event} since it was last interrupted, as it does when it has looked at its
     * used buffers. Without VIRTIO_F_EVENT_IDX, without an interrupt and while the queue is disabled or paused: true, since
     * this cannot be known.
     *
     * @throws GuestMemoryException if the available ring is not in guest memory
     */
    public boolean driverReacted() throws GuestMemoryException {
        if (!enabled || returns.paused()) {
            return true;
        }
        if (interruptedEvent != NOTHING && usedEvent() != interruptedEvent) {
            interruptedEvent = NOTHING;
        }
        return interruptedEvent == NOTHING;
    }

    /**
     * vring_need_event, VIRTIO 1.4 section 2.7.7.2: whether an index that moves from {@code oldIdx} to {@code newIdx}
     * passes {@code event}; all 0..65535, wrapping.
     */
    static boolean needEvent(int event, int newIdx, int oldIdx) {
        return ((newIdx - event - 1) & U16) < ((newIdx - oldIdx) & U16);
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

    /** Whether every chain of an earlier life has been taken again, so that the life can be saved. */
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
        boolean known = heads.length == 0 && nextAvailIdx == availIdx;
        return (known || followsFrom(nextAvailIdx, heads, held)) && descriptorsAreSame();
    }

    private boolean followsFrom(int nextAvailIdx, int[] heads, int[] held) throws GuestMemoryException {
        int rest = (availIdx - nextAvailIdx) & U16;
        return heads.length + rest == held.length
                && Arrays.equals(heads, Arrays.copyOf(held, heads.length))
                && availableAre(nextAvailIdx, Arrays.copyOfRange(held, heads.length, held.length));
    }

    private boolean descriptorsAreSame() throws GuestMemoryException {
        for (DescriptorChain chain : outstanding()) {
            DescriptorChain now = new DescriptorChain(new SegmentPool(segmentsMax), memory, chain.head());
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

    /** Writes a life that goes on: the indexes and every chain that is with the device. */
    void save(SnapshotWriter out) {
        out.bool(flagsWritten).u16(availIdx).u16(usedIdx).i32(interruptedEvent);
        for (DescriptorChain chain : outstanding()) {
            out.u16(chain.head());
            chain.save(out);
        }
    }

    /**
     * Reads such a life; the addresses are those of the registers.
     *
     * @return begins it, in a ring that is stopped
     */
    Runnable load(
            SnapshotReader in, int size, long descAddress, long availAddress, long usedAddress, RestoredChains restored)
            throws SnapshotException {
        try {
            checkAll(size, descAddress, availAddress, usedAddress);
        } catch (VirtqueueException e) {
            throw in.damaged(String.valueOf(e.getMessage()));
        }
        boolean flags = in.bool("used.flags");
        int nextAvail = in.u16("the next available index", U16);
        int nextUsed = in.u16("the next used index", U16);
        int event = in.i32("used_event", NOTHING, U16);
        int count = (nextAvail - nextUsed) & U16; // taken and not given back
        in.require(count <= size, "more chains are with the device than there are descriptors");
        List<DescriptorChain> outstanding = new ArrayList<>();
        SegmentPool loaded = new SegmentPool(segmentsMax);
        for (int i = 0; i < count; i++) {
            int head = in.u16("a chain's head", size - 1);
            DescriptorChain chain =
                    DescriptorChain.load(in, loaded, memory, head, size + DescriptorWalk.INDIRECT_ENTRIES_MAX);
            in.require(!loaded.exceeded(), "more descriptors are with the device than there may be");
            restored.add(in, index, chain);
            outstanding.add(chain);
        }
        return () -> {
            begin(size, descAddress, availAddress, usedAddress);
            flagsWritten = flags;
            availIdx = nextAvail;
            usedIdx = nextUsed;
            interruptedEvent = event;
            for (DescriptorChain chain : outstanding) {
                chain.moveTo(segments);
                chain.turn(taken++);
                chains[chain.head()] = chain;
            }
        };
    }

    private VirtqueueException fault(String what, long value) {
        return new VirtqueueException("queue " + index + ": " + what + " 0x" + Long.toHexString(value));
    }
}
