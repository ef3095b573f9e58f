// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_CONTROL;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * The control queue, 5.14.6: takes requests and gives their answers, in order; {@link ControlRequests} knows what they
 * mean. Device thread only; allocates only for requests that are refused.
 */
final class ControlQueue extends ServedQueue {
    /** QEMU's and Haiku's size for queues that are used little. */
    static final int SIZE = 64;

    private final ControlRequests requests;
    private final MessageQueue tx;
    private final MessageQueue rx;
    private final AnnouncedReplies late;

    /** @param tx messages that requests take from it and from {@code rx} count for the turn */
    ControlQueue(
            QueueService service, ScheduledTasks tasks, ControlRequests requests, MessageQueue tx, MessageQueue rx) {
        super(VIRTIO_SND_VQ_CONTROL, service);
        this.requests = requests;
        this.tx = tx;
        this.rx = rx;
        late = new AnnouncedReplies(tasks, SIZE, this);
    }

    /**
     * Looks for the next request before the last one is answered, and not afterwards: a driver that has its answer to
     * RELEASE may free the ring and only then reset the device, as Haiku's does.
     *
     * <p>All requests of a turn share what one may take from tx and rx.
     */
    @Override
    void take() throws VirtqueueException, GuestMemoryException {
        Virtqueue queue = queue();
        int budget = queue.size();
        long messages = messages();
        long descriptors = descriptorsVisited();
        DescriptorChain request = queue.poll();
        while (request != null && service.running()) {
            long usedBytes = requests.answer(request);
            if (requests.hasChanged()) {
                service.transport().settingsChanged();
            }
            boolean atOnce = requests.hasStarted();
            DescriptorChain next = null;
            try {
                if (--budget > 0
                        && messages() - messages < MessageQueue.SIZE
                        && descriptorsVisited() - descriptors < QueueService.DESCRIPTORS_PER_TURN) {
                    next = queue.poll();
                } else {
                    service.serveAgain(index);
                }
            } finally {
                give(request, usedBytes, atOnce);
            }
            request = next;
        }
    }

    private long messages() {
        return tx.messages() + rx.messages();
    }

    private long descriptorsVisited() {
        return queue().descriptorsVisited()
                + tx.queue().descriptorsVisited()
                + rx.queue().descriptorsVisited();
    }

    private void give(DescriptorChain request, long usedBytes, boolean atOnce) {
        if (atOnce || service.transport().interruptLeadNanos() == VirtioTransport.INTERRUPT_AFTER) {
            use(request, usedBytes);
        } else if (service.running()) {
            late.add(request, usedBytes);
        }
    }

    @Override
    void taken() {}

    @Override
    void forget() {
        late.forget();
    }

    /** Gives an answer that was announced, without an interrupt. */
    void useAnnounced(DescriptorChain answer, long usedBytes) {
        try {
            queue().completeAnnounced(answer, usedBytes);
        } catch (GuestMemoryException e) {
            service.guestFault("used ring of the control queue: " + e.getMessage());
        }
    }

    /** Writes the waiting answers. */
    void save(SnapshotWriter out) {
        late.save(out);
    }

    /** Reads what {@link #save} wrote, as {@link AnnouncedReplies#load} says. */
    Runnable load(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        return late.load(in, chains);
    }
}
