// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/** One of the device's queues, as {@link QueueService} serves it. Device thread only. */
abstract class ServedQueue {
    final int index;
    final QueueService service;
    private @Nullable Virtqueue queue;

    /** @param index the queue's number */
    ServedQueue(int index, QueueService service) {
        this.index = index;
        this.service = service;
    }

    /** The device is plugged into its transport. */
    final void attach(Virtqueue to) {
        queue = to;
    }

    final Virtqueue queue() {
        Virtqueue attached = queue;
        if (attached == null) {
            throw new IllegalStateException("queue " + index + " has no transport");
        }
        return attached;
    }

    /** Takes what is available, and no more than {@link QueueService} allows a turn: a guest must not keep the thread. */
    abstract void take() throws VirtqueueException, GuestMemoryException;

    /** Everything was taken that could be: time to decide by it. */
    abstract void taken();

    /** The queue is reset: what the device holds of it is no longer its own, and is not used. */
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
