// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * The registers of one virtqueue that a driver sets before it enables the queue, VIRTIO 1.4 section 4.1.4.3: size and
 * addresses. The {@link Virtqueue} itself is the device's. Device thread only.
 */
public final class QueueRegisters {
    private static final Section SECTION = new Section("VIRQ", "queue");

    private final Virtqueue queue;
    private final PackedLife packed;
    private int size;
    private long descAddress;
    private long availAddress;
    private long usedAddress;

    /** @param queue not enabled yet; nothing else enables or resets it */
    public QueueRegisters(Virtqueue queue) {
        this.queue = queue;
        size = queue.sizeMax();
        packed = new PackedLife(this);
    }

    /** The queue of these registers. */
    public Virtqueue queue() {
        return queue;
    }

    /** Descriptors in the ring; the maximum until the driver chooses fewer. */
    public int size() {
        return size;
    }

    /** The most descriptors that the ring can have. */
    public int sizeMax() {
        return queue.sizeMax();
    }

    /**
     * Driver writes queue_size: ignored when the queue is enabled or the size is none up to the maximum that the format can
     * have; that of a split ring is a power of two.
     */
    public void setSize(int size) {
        if (!enabled() && queue.isSize(size)) {
            this.size = size;
        }
    }

    /** Guest-physical address of the descriptor area, the table of a split queue or the ring of a packed one (queue_desc). */
    public long descAddress() {
        return descAddress;
    }

    /** Ignored while the queue is enabled. */
    public void setDescAddress(long address) {
        if (!enabled()) {
            this.descAddress = address;
        }
    }

    /** Guest-physical address of the driver area, the available ring of a split queue (queue_driver). */
    public long availAddress() {
        return availAddress;
    }

    /** Ignored while the queue is enabled. */
    public void setAvailAddress(long address) {
        if (!enabled()) {
            this.availAddress = address;
        }
    }

    /** Guest-physical address of the device area, the used ring of a split queue (queue_device). */
    public long usedAddress() {
        return usedAddress;
    }

    /** Ignored while the queue is enabled. */
    public void setUsedAddress(long address) {
        if (!enabled()) {
            this.usedAddress = address;
        }
    }

    /** Whether the driver has enabled the queue. */
    public boolean enabled() {
        return queue.enabled();
    }

    /**
     * The driver enables the queue; does nothing if it is enabled. Ring addresses are checked for alignment here
     * (VQ-01), memory at first use.
     *
     * @throws VirtqueueException if a ring is misaligned or wraps around the address space; the queue stays disabled
     */
    public void enable() throws VirtqueueException {
        if (!enabled()) {
            queue.start(size, descAddress, availAddress, usedAddress);
        }
    }

    /**
     * Enables the queue where another life of it ended, also in another process; does nothing if it is enabled.
     *
     * @param availIdx index of the next chain to take from the available ring, 0..65535
     * @param held heads of chains that were taken and not given back, in the order in which they were taken: they are
     *     taken again, before any other
     * @throws VirtqueueException if a ring is misaligned or wraps around the address space, or a head cannot be; the
     *     queue stays disabled
     * @throws GuestMemoryException if the used ring is not in guest memory; the queue stays disabled
     */
    public void resume(int availIdx, int[] held) throws VirtqueueException, GuestMemoryException {
        if (!enabled()) {
            queue.resume(size, descAddress, availAddress, usedAddress, availIdx, held);
        }
    }

    /** Whether the rings are packed, by the features that the queue was given last. */
    public boolean isPacked() {
        return queue.isPacked();
    }

    /** What only packed rings have; the methods about indexes and heads below are those of split ones. */
    public PackedLife packed() {
        return packed;
    }

    /** Names who is told of the chains that the queue takes and gives back; {@link ChainTracker#NONE} at first. */
    public void track(ChainTracker by) {
        queue.split().track(by);
    }

    /**
     * The used index in memory, 0..65535, whether the queue is enabled or not: where it is, or where its last life ended.
     *
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    public int loadUsedIdx() throws GuestMemoryException {
        return queue.split().loadUsedIdx(usedAddress);
    }

    /**
     * The available index in memory, 0..65535, whether the queue is enabled or not: what the driver has offered.
     *
     * @throws GuestMemoryException if the available ring is not in guest memory
     */
    public int loadAvailIdx() throws GuestMemoryException {
        return queue.split().loadAvailIdx(availAddress);
    }

    /** Index of the next chain that an enabled queue takes from the available ring, 0..65535. */
    public int availIdx() {
        return queue.split().availPlace;
    }

    /** Index of the next used element that an enabled queue writes, 0..65535. */
    public int usedIdx() {
        return queue.split().usedPlace;
    }

    /** Heads of the chains that are taken and not given back, in the order in which they were taken. Allocates. */
    public int[] heldHeads() {
        return queue.split().heldHeads();
    }

    /**
     * Whether the chains that are with the device are those that the available ring has from the used index on, so that a
     * life that begins there loses none and takes none twice.
     *
     * @throws GuestMemoryException if the available ring is not in guest memory
     */
    public boolean heldInOrder() throws GuestMemoryException {
        return queue.split().areNextAfterUsed(queue.split().heldHeads());
    }

    /**
     * Stops an enabled queue for a while: nothing is taken from the ring and nothing is written into it until {@link #proceed}
     * or a reset. The device keeps its chains; those that it gives back wait.
     */
    public void pause() {
        if (enabled()) {
            queue.pause();
        }
    }

    /** Whether the queue is {@linkplain #pause paused}. */
    public boolean paused() {
        return enabled() && queue.paused();
    }

    /**
     * Ends the pause. What the device has given back meanwhile is given back now; no interrupt says so.
     *
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    public void proceed() throws GuestMemoryException {
        queue.proceed();
    }

    /**
     * Whether a life that takes these chains again, and then goes on at this index of the available ring, has just the chains
     * that the device of a paused queue holds, with the same descriptors in guest memory.
     *
     * @param availIdx 0..65535
     * @param held heads, in the order in which they were taken
     * @throws GuestMemoryException if the rings or a descriptor table are not in guest memory
     */
    public boolean goesOn(int availIdx, int[] held) throws GuestMemoryException {
        return queue.split().goesOn(availIdx, held);
    }

    /** Whether {@link #save} can write the queue: not while chains of an earlier life have yet to be taken again. */
    public boolean savable() {
        return queue.allRetaken();
    }

    /**
     * Writes what the device has given back to a paused queue: a count, and for each the head and the bytes. It belongs into
     * any section after those of the device.
     */
    public void saveReturns(SnapshotWriter out) {
        List<PausedReturns.Return> returns = queue.pausedReturns();
        out.u16(returns.size());
        for (PausedReturns.Return each : returns) {
            out.u16(each.chain().head()).i64(each.usedBytes());
        }
    }

    /**
     * Reads that, and changes nothing.
     *
     * @param chains without those that the device has claimed
     * @return gives them back to the queue, which is restored and paused by then
     */
    public Runnable loadReturns(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        List<PausedReturns.Return> returns = new ArrayList<>();
        int count = in.count("buffers given back", sizeMax(), Short.BYTES + Long.BYTES);
        for (int i = 0; i < count; i++) {
            DescriptorChain chain = chains.claim(in, queue.index());
            returns.add(new PausedReturns.Return(chain, in.i64("used bytes", 0, chain.writableBytes())));
        }
        return () -> returns.forEach(each -> queue.giveBack(each));
    }

    /**
     * Restores the state after power-on: disabled, maximum size, addresses 0, no chain outstanding. Used for a device
     * reset and VIRTIO_F_RING_RESET, so the negotiated features stay. Completing a chain that was polled before does
     * nothing.
     */
    public void reset() {
        queue.stop();
        size = sizeMax();
        descAddress = 0;
        availAddress = 0;
        usedAddress = 0;
    }

    /** Writes the section {@code VIRQ}. The transport saves the negotiated features. */
    public void save(SnapshotWriter out) {
        out.section(SECTION);
        out.u16(size).i64(descAddress).i64(availAddress).i64(usedAddress).bool(enabled());
        if (enabled()) {
            queue.save(out);
        }
    }

    /**
     * Reads that section, and changes nothing.
     *
     * @param features negotiated
     * @param chains gets every chain that was with the device
     * @return restores registers and queue, which has the features by then
     */
    public Runnable load(SnapshotReader in, long features, RestoredChains chains) throws SnapshotException {
        in.section(SECTION);
        int newSize = in.u16("queue_size", sizeMax());
        in.require(queue.isSize(newSize, features), "queue_size is not a power of two");
        long desc = in.any64("queue_desc");
        long avail = in.any64("queue_driver");
        long used = in.any64("queue_device");
        boolean enable = in.bool("queue_enable");
        Runnable life = enable ? queue.load(in, newSize, desc, avail, used, features, chains) : () -> {};
        return () -> {
            reset();
            size = newSize;
            descAddress = desc;
            availAddress = avail;
            usedAddress = used;
            life.run();
        };
    }
}
