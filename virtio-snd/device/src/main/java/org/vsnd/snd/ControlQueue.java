// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_CONTROL;

import org.vsnd.snapshot.Section;
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
    private static final Section LOOKS = new Section("LOOK", "a driver that looks unseen");

    /** A driver whose interrupt handler has yet to move used_event may send one request meanwhile, not two. */
    private static final int POLLS = 2;

    /** QEMU's and Haiku's size for queues that are used little. */
    static final int SIZE = 64;

    private final ControlRequests requests;
    private final MessageQueue tx;
    private final MessageQueue rx;
    private final EventQueue events;
    private final AnnouncedReplies late;
    /** Requests in a row that show a look at the answer before, without used_event having moved. */
    private int unseenLooks;
    /** Nothing is known of used_event yet, since the last interrupt that it wanted was of the device that this one replaces. */
    private boolean replaced;
    /** Interrupts that the driver had wanted when that was so: used_event says something new with the next one. */
    private long wantedBefore;

    /** @param tx what requests take from it, from {@code rx} and from {@code events} counts for the turn */
    ControlQueue(
            QueueService service,
            ScheduledTasks tasks,
            ControlRequests requests,
            MessageQueue tx,
            MessageQueue rx,
            EventQueue events) {
        super(VIRTIO_SND_VQ_CONTROL, service);
        this.requests = requests;
        this.tx = tx;
        this.rx = rx;
        this.events = events;
        late = new AnnouncedReplies(tasks, SIZE, this);
    }

    /**
     * Looks for the next request before the last one is answered, and not afterwards: a driver that has its answer to
     * RELEASE may free the ring and only then reset the device, as Haiku's does.
     *
     * <p>All requests of a turn share what one may take from tx, rx and the event queue.
     */
    @Override
    void take() throws VirtqueueException, GuestMemoryException {
        Virtqueue queue = queue();
        int budget = queue.size();
        long messages = messages();
        long descriptors = descriptorsVisited();
        DescriptorChain request = queue.poll();
        if (request != null) {
            seeLook(queue); // those behind it may have been sent together
        }
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

    /** A driver that polls may leave used_event alone, here and in its other queues: reactions to messages do not show. */
    private void seeLook(Virtqueue queue) {
        if (replaced && queue.wantedInterrupts() == wantedBefore) {
            return;
        }
        replaced = false;
        try {
            unseenLooks = queue.driverReacted() ? 0 : Math.min(unseenLooks + 1, POLLS);
        } catch (GuestMemoryException e) {
            return; // the next poll says what is wrong
        }
        showReactions();
    }

    private void showReactions() {
        boolean polls = unseenLooks == POLLS;
        tx.setReactionsShow(!polls);
        rx.setReactionsShow(!polls);
    }

    private long messages() {
        return tx.messages() + rx.messages();
    }

    private long descriptorsVisited() {
        return queue().descriptorsVisited()
                + tx.queue().descriptorsVisited()
                + rx.queue().descriptorsVisited()
                + events.queue().descriptorsVisited();
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
        unseenLooks = 0;
        replaced = false;
        showReactions();
        late.forget();
    }

    /** Writes a section if the driver looks unseen, and otherwise nothing. */
    void saveLooks(SnapshotWriter out) {
        if (unseenLooks == POLLS) {
            out.section(LOOKS);
        }
    }

    /**
     * Reads what {@link #saveLooks} may have written, and changes nothing.
     *
     * @param lost the device that wrote it was lost, and with it what it knew of used_event
     * @return restores it, after {@link #forget}
     */
    Runnable loadLooks(SnapshotReader in, boolean lost) throws SnapshotException {
        if (!in.isNext(LOOKS)) {
            return () -> {};
        }
        in.section(LOOKS);
        return () -> {
            unseenLooks = POLLS;
            replaced = lost;
            wantedBefore = queue().wantedInterrupts();
            showReactions();
        };
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
