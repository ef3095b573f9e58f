// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayDeque;
import org.vsnd.virtio.DescriptorChain;

/** Unused messages. Grows to the most ever in flight, at most one per descriptor of the queues. Device thread only. */
final class MessagePool {
    private final int most;
    private final ArrayDeque<PcmMessage> free = new ArrayDeque<>();

    /** @param most the most that are kept: each restored snapshot brings its own messages */
    MessagePool(int most) {
        this.most = most;
    }

    /** A message for this chain, otherwise as new. */
    PcmMessage take(DescriptorChain chain, long arrivalNanos) {
        PcmMessage message = free.poll();
        if (message == null) {
            message = new PcmMessage();
        }
        message.chain = chain;
        message.arrivalNanos = arrivalNanos;
        message.frames = 0;
        message.splitBytes = 0;
        message.broken = false;
        message.framesHanded = 0;
        message.endFrame = 0;
        message.failed = false;
        return message;
    }

    /** Gives a message back; the caller keeps no reference. */
    void give(PcmMessage message) {
        message.chain = null;
        if (free.size() < most) {
            free.push(message);
        }
    }
}
