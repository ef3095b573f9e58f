// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * One split virtqueue, VIRTIO 1.4 section 2.7. The transport keeps its registers here, the device takes chains from it
 * and gives them back. Device thread only; allocates nothing once it is enabled.
 */
public final class Virtqueue {
    /** Most descriptors of any queue, section 2.7. */
    private static final Section SECTION = new Section("VIRQ", "queue");
    private static final int SIZE_LIMIT = 32768;

    private static final int SEGMENTS_MAX = (int) CardBudget.Limit.QUEUE_SEGMENTS.standard();

    private final int index;
    private final int sizeMax;
    private final SplitRing ring;
    private int size;
    private long descAddress;
    private long availAddress;
    private long usedAddress;
    private boolean enabled;
    private boolean eventIdx;
    private boolean indirect;

    /**
     * @param index the queue's number
     * @param sizeMax most descriptors, a power of two up to 32768
     * @param interrupt called with the queue's index when the driver is to be told of used buffers
     */
    public Virtqueue(int index, int sizeMax, GuestMemory memory, IntConsumer interrupt) {
        this(index, sizeMax, SEGMENTS_MAX, memory, interrupt);
    }

    /**
     * @param index the queue's number
     * @param sizeMax most descriptors, a power of two up to 32768
     * @param segmentsMax descriptors of all chains that the device holds, of indirect tables too; beyond, a chain is
     *     {@linkplain DescriptorChain#inExcess in excess}
     * @param interrupt called with the queue's index when the driver is to be told of used buffers
     */
    public Virtqueue(int index, int sizeMax, int segmentsMax, GuestMemory memory, IntConsumer interrupt) {
        if (!isSize(sizeMax, SIZE_LIMIT)) {
            throw new IllegalArgumentException("sizeMax=" + sizeMax);
        }
        this.index = index;
        this.sizeMax = sizeMax;
        this.size = sizeMax;
        this.ring = new SplitRing(index, sizeMax, segmentsMax, memory, interrupt);
    }

    private static boolean isSize(int size, int max) {
        return size > 0 && size <= max && Integer.bitCount(size) == 1;
    }

    /** The queue's number. */
    public int index() {
        return index;
    }

    /** Descriptors in the ring: the maximum until the driver chooses fewer. */
    public int size() {
        return size;
    }

    /** The most descriptors it can have. */
    public int sizeMax() {
        return sizeMax;
    }

    /** Driver writes queue_size: ignored when the queue is enabled or the size is not a power of two up to the maximum. */
    public void setSize(int size) {
        if (!enabled && isSize(size, sizeMax)) {
            this.size = size;
        }
    }

    /** Guest-physical address of the descriptor table (queue_desc). */
    public long descAddress() {
        return descAddress;
    }

    /** Ignored while the queue is enabled. */
    public void setDescAddress(long address) {
        if (!enabled) {
            this.descAddress = address;
        }
    }

    /** Guest-physical address of the available ring (queue_driver). */
    public long availAddress() {
        return availAddress;
    }

    /** Ignored while the queue is enabled. */
    public void setAvailAddress(long address) {
        if (!enabled) {
            this.availAddress = address;
        }
    }

    /** Guest-physical address of the used ring (queue_device). */
    public long usedAddress() {
        return usedAddress;
    }

    /** Ignored while the queue is enabled. */
    public void setUsedAddress(long address) {
        if (!enabled) {
            this.usedAddress = address;
        }
    }

    /** Whether the driver has enabled the queue. */
    public boolean enabled() {
        return enabled;
    }

    /**
     * The driver enables the queue; does nothing if it is enabled. Ring addresses are checked for alignment here
     * (VQ-01), memory at first use.
     *
     * @throws VirtqueueException if a ring is misaligned or wraps around the address space; the queue stays disabled
     */
    public void enable() throws VirtqueueException {
        if (!enabled) {
            ring.start(size, descAddress, availAddress, usedAddress);
            enabled = true;
        }
    }

    /** The negotiated features, given by the transport before the device sees DRIVER_OK. They outlive {@link #reset}. */
    public void setFeatures(long features) {
        eventIdx = (features & VirtioFeatures.VIRTIO_F_EVENT_IDX) != 0;
        indirect = (features & VirtioFeatures.VIRTIO_F_INDIRECT_DESC) != 0;
    }

    /**
     * Back to the state after power-on: disabled, maximum size, addresses 0, no chain outstanding. Serves a device reset
     * and VIRTIO_F_RING_RESET, so the negotiated features stay. Completing a chain polled before does nothing.
     */
    public void reset() {
        ring.stop();
        enabled = false;
        size = sizeMax;
        descAddress = 0;
        availAddress = 0;
        usedAddress = 0;
    }

    /**
     * Takes the next available chain, its descriptors copied once (VQ-12). When there is none, asks the driver to notify
     * for the next one and looks again, so that no notification is lost (VQ-10). With VIRTIO_F_EVENT_IDX that request is
     * what null stands for: whoever stops polling earlier must come back without being notified.
     *
     * @return the chain, owned by the caller until {@link #complete} or a reset; null if there is none or the queue is not
     *     enabled
     * @throws VirtqueueException if the ring or the chain breaks the rules of VQ-04 (the device then needs a reset)
     * @throws GuestMemoryException if the ring or a table is not in guest memory; nothing is consumed, so a later call
     *     tries the same chain again
     */
    public @Nullable DescriptorChain poll() throws VirtqueueException, GuestMemoryException {
        return enabled ? ring.poll(eventIdx, indirect) : null;
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
        ring.complete(chain, usedBytes, eventIdx);
    }

    /** Interrupts the driver because of a chain that {@link #completeAnnounced} will give back; not if it is nobody's any more. */
    public void announce(DescriptorChain chain) {
        ring.announce(chain);
    }

    /**
     * Gives a chain back as {@link #complete} does, but never interrupts.
     *
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    public void completeAnnounced(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        ring.use(chain, usedBytes);
    }

    /**
     * Whether the driver has moved {@code used_event} since it was last interrupted, as it does when it has looked at its
     * used buffers. Without VIRTIO_F_EVENT_IDX, without an interrupt and while the queue is disabled: true, since nobody
     * can know.
     *
     * @throws GuestMemoryException if the available ring is not in guest memory
     */
    public boolean driverReacted() throws GuestMemoryException {
        return !enabled || ring.driverReacted();
    }

    /**
     * How many interrupts {@code used_event} has asked for, resets notwithstanding. Another one says that the driver has
     * reacted to those before.
     */
    public long wantedInterrupts() {
        return ring.wantedInterrupts();
    }

    /** Descriptors that the device holds, as {@code segmentsMax} counts them. Any thread: as of a moment ago. */
    public int segmentsHeld() {
        return ring.segmentsHeld();
    }

    /** Descriptors looked at in all polls, in all lives: what they cost. */
    public long descriptorsVisited() {
        return ring.descriptorsVisited();
    }

    /** Writes the section {@code VIRQ}. The negotiated features are the transport's to save. */
    public void save(SnapshotWriter out) {
        out.section(SECTION);
        out.u16(size).i64(descAddress).i64(availAddress).i64(usedAddress).bool(enabled);
        if (enabled) {
            ring.save(out);
        }
    }

    /**
     * Reads that section, and changes nothing.
     *
     * @param chains gets every chain that was with the device
     * @return makes the queue what it was, its features aside
     */
    public Runnable load(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        in.section(SECTION);
        int newSize = in.u16("queue_size", sizeMax);
        in.require(isSize(newSize, sizeMax), "queue_size is no power of two");
        long desc = in.any64("queue_desc");
        long avail = in.any64("queue_driver");
        long used = in.any64("queue_device");
        boolean enable = in.bool("queue_enable");
        Runnable life = enable ? ring.load(in, newSize, desc, avail, used, chains) : () -> {};
        return () -> {
            reset();
            size = newSize;
            descAddress = desc;
            availAddress = avail;
            usedAddress = used;
            enabled = enable;
            life.run();
        };
    }
}
