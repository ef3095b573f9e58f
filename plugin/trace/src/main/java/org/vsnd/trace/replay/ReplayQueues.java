// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;

/** All virtqueues of the replay, and what interrupts say about them. */
final class ReplayQueues implements InterruptWatch.Listener {
    private final List<ReplayQueue> queues = new ArrayList<>();
    private final DriverShadow shadow;
    private final Runnable interrupted;
    private long used;
    private long acknowledged;

    /** @param interrupted run at every interrupt */
    ReplayQueues(DriverShadow shadow, Runnable interrupted) {
        this.shadow = shadow;
        this.interrupted = interrupted;
    }

    /** @param listener told of each chain that the card has used */
    void create(int count, ReplayBus bus, ReplayMemory memory, Consumer<ChainExchange> listener) {
        for (int i = 0; i < count; i++) {
            queues.add(new ReplayQueue(bus, memory, i, exchange -> {
                used++;
                listener.accept(exchange);
            }));
        }
    }

    int count() {
        return queues.size();
    }

    List<ReplayQueue> all() {
        return queues;
    }

    ReplayQueue get(int index) {
        return queues.get(index);
    }

    boolean isOpen(int index) {
        return index < queues.size() && queues.get(index).isOpen();
    }

    /** The driver writes a part of a ring's address: what is to be written instead. */
    long ringAddress(int index, int queueSize, long features, int offset, int size, long value) {
        ReplayQueue queue = queues.get(index);
        queue.open(queueSize, (features & Features.INDIRECT_DESC) != 0, (features & Features.EVENT_IDX) != 0);
        queue.tracedAddress(offset, size, value);
        return queue.address(offset, size);
    }

    /** A part of a ring's address as it was written. */
    long ringAddress(int index, int offset, int size) {
        return queues.get(index).address(offset, size);
    }

    void discard(int index) {
        if (index < queues.size()) {
            queues.get(index).discard();
        }
    }

    void discardAll() {
        queues.forEach(ReplayQueue::discard);
        used = 0;
        acknowledged = 0;
    }

    /** The guest has freed memory: a ring that was there is no longer the card's. */
    void freed(long address, long length) {
        for (ReplayQueue queue : queues) {
            if (queue.liesIn(address, length)) {
                queue.discard();
            }
        }
    }

    /** Takes what the card has used: messages that RELEASE returns come before its answer. */
    void collect() {
        for (int i = queues.size() - 1; i >= 0; i--) {
            queues.get(i).collect();
        }
    }

    /**
     * Takes what the card has used the moment it does, but from queues with EVENT_IDX: there a guest that looks before the
     * card asks whether to interrupt gets no interrupt, and the guest of a trace with interrupts did not look.
     */
    void collectAtOnce() {
        for (int i = queues.size() - 1; i >= 0; i--) {
            if (!queues.get(i).usesEventIdx()) {
                queues.get(i).collect();
            }
        }
    }

    /** Whether the card has chains that it owes the guest: those for events are no debt. */
    boolean hasOutstanding() {
        return queues.stream().anyMatch(queue -> queue.index() != SndWire.EVENT_QUEUE && queue.hasOutstanding());
    }

    @Override
    public void message(int vector) {
        interrupted.run();
        for (ReplayQueue queue : queues) {
            if (shadow.vector(queue.index()) == vector) {
                queue.notified();
            }
        }
    }

    @Override
    public void asserted() {
        interrupted.run();
        stillAsserted();
    }

    /** INTA# stands for what was used since it rose as well. */
    void stillAsserted() {
        queues.forEach(ReplayQueue::notified);
    }

    /** Whether something was used that no read of ISR has told of. */
    boolean isrOwed() {
        return used > acknowledged;
    }

    /** ISR is being read, and tells. */
    void isrRead() {
        acknowledged = used;
    }
}
