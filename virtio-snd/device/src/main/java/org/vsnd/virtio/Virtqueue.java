package org.vsnd.virtio;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * One split virtqueue, VIRTIO 1.4 section 2.7. The transport keeps its registers here, the device takes chains from it
 * and gives them back. Device thread only; allocates nothing once every head has been seen.
 */
public final class Virtqueue {
    /**
     * @param index the queue's number
     * @param sizeMax most descriptors, a power of two up to 32768
     * @param interrupt called with the queue's index when the driver is to be told of used buffers
     */
    public Virtqueue(int index, int sizeMax, GuestMemory memory, IntConsumer interrupt) {
        throw new UnsupportedOperationException();
    }

    /** The queue's number. */
    public int index() {
        throw new UnsupportedOperationException();
    }

    /** Descriptors in the ring: the maximum until the driver chooses fewer. */
    public int size() {
        throw new UnsupportedOperationException();
    }

    /** Driver writes queue_size: ignored when the queue is enabled or the size is not a power of two up to the maximum. */
    public void setSize(int size) {
        throw new UnsupportedOperationException();
    }

    /** Guest-physical address of the descriptor table (queue_desc). */
    public long descAddress() {
        throw new UnsupportedOperationException();
    }

    /** Ignored while the queue is enabled. */
    public void setDescAddress(long address) {
        throw new UnsupportedOperationException();
    }

    /** Guest-physical address of the available ring (queue_driver). */
    public long availAddress() {
        throw new UnsupportedOperationException();
    }

    /** Ignored while the queue is enabled. */
    public void setAvailAddress(long address) {
        throw new UnsupportedOperationException();
    }

    /** Guest-physical address of the used ring (queue_device). */
    public long usedAddress() {
        throw new UnsupportedOperationException();
    }

    /** Ignored while the queue is enabled. */
    public void setUsedAddress(long address) {
        throw new UnsupportedOperationException();
    }

    /** Whether the driver has enabled the queue. */
    public boolean enabled() {
        throw new UnsupportedOperationException();
    }

    /**
     * The driver enables the queue. Ring addresses are checked for alignment here (VQ-01), memory at first use.
     *
     * @throws VirtqueueException if an address is misaligned; the queue stays disabled
     */
    public void enable() throws VirtqueueException {
        throw new UnsupportedOperationException();
    }

    /** The negotiated features, given by the transport before the device sees DRIVER_OK. */
    public void setFeatures(long features) {
        throw new UnsupportedOperationException();
    }

    /** Back to the state after power-on: disabled, maximum size, addresses 0, no chain outstanding. */
    public void reset() {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes the next available chain, its descriptors copied once (VQ-12). When there is none, asks the driver to notify
     * for the next one and looks again, so that no notification is lost (VQ-10).
     *
     * @return the chain, owned by the caller until {@link #complete} or a reset; null if there is none or the queue is not
     *     enabled
     * @throws VirtqueueException if the ring or the chain breaks the rules of VQ-04 (the device then needs a reset)
     * @throws GuestMemoryException if the ring or a table is not in guest memory; nothing is consumed, so a later call
     *     tries the same chain again
     */
    public @Nullable DescriptorChain poll() throws VirtqueueException, GuestMemoryException {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives a chain back: writes the used element, then used.idx with release ordering, then interrupts if the driver is
     * to be told. Without VIRTIO_F_EVENT_IDX every used buffer interrupts, the driver's NO_INTERRUPT hint
     * notwithstanding (HAIKU.md section 4: that driver loses wake-ups otherwise).
     *
     * @param usedBytes bytes written to the chain's device-writable part, never an overestimate
     * @throws GuestMemoryException if the used ring is not in guest memory
     */
    public void complete(DescriptorChain chain, long usedBytes) throws GuestMemoryException {
        throw new UnsupportedOperationException();
    }
}
