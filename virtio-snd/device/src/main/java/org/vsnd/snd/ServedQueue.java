// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * Serves one queue: takes what is available and gives back what is done. A ring that breaks the rules ends the
 * device; one whose memory is gone is looked at again. Device thread only.
 */
abstract class ServedQueue {
    /**
     * While a hypervisor remaps memory a ring may be gone for a moment: it is looked at again this many times, however
     * often the guest notifies meanwhile.
     */
    private static final int RETRIES = 20;

    final int index;
    final QueueService service;
    private @Nullable Virtqueue queue;
    /** How often the ring was waited for; 0 if its memory is there. */
    private int retries;

    /** @param index the queue's number */
    ServedQueue(int index, QueueService service) {
        this.index = index;
        this.service = service;
    }

    /** The device is plugged into its transport, whose driver's notifications come here from now on. */
    final void attach(VirtioTransport to) {
        queue = to.queue(index);
        to.onNotify(index, this::notified);
    }

    final Virtqueue queue() {
        Virtqueue attached = queue;
        if (attached == null) {
            throw new IllegalStateException("queue " + index + " has no transport");
        }
        return attached;
    }

    /** The driver says that it has made something available. */
    void notified() {
        serve();
    }

    /** The driver has made something available, or it is time to check whether it has. */
    final void serve() {
        if (!service.taking()) {
            return;
        }
        try {
            take();
            retries = 0;
            if (service.running()) {
                taken();
            }
        } catch (VirtqueueException e) {
            service.guestFault(String.valueOf(e.getMessage()));
        } catch (GuestMemoryException e) {
            taken();
            memoryGone(e);
        }
    }

    private void memoryGone(GuestMemoryException e) {
        if (retries > RETRIES) {
            service.guestFault("queue " + index + ": " + e.getMessage());
            return;
        }
        retries = Math.max(1, retries);
        service.retryLater();
    }

    /** It is time to look again at a ring whose memory was gone. */
    final void retry() {
        if (retries > 0) {
            retries++;
            serve();
        }
    }

    final int retries() {
        return retries;
    }

    /** @param count 0..{@link #mostRetries} */
    final void setRetries(int count) {
        retries = count;
    }

    static int mostRetries() {
        return RETRIES + 1;
    }

    /** Takes what is available, up to what {@link QueueService} allows per turn: a guest must not occupy the thread. */
    abstract void take() throws VirtqueueException, GuestMemoryException;

    /** Everything that could be taken was taken: decides what follows from it. */
    abstract void taken();

    /** The queue is reset: buffers that the device holds are the driver's again, and are not used. */
    abstract void forget();

    /** Gives a chain back and interrupts. */
    final void use(DescriptorChain chain, long usedBytes) {
        try {
            queue().complete(chain, usedBytes);
        } catch (GuestMemoryException e) {
            service.guestFault("used ring of queue " + index + ": " + e.getMessage());
        }
    }
}
