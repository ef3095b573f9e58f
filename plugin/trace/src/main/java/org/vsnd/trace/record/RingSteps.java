// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Records what goes through the queues: chains that have become available, before the device can act on them, and used
 * elements, before the driver can take them. Device thread only.
 */
final class RingSteps {
    private static final int USED_ELEM_ID = 0; // le32
    private static final int USED_ELEM_LEN = 4; // le32
    private static final int USED_ELEM_BYTES = 8;

    private final GuestMemory memory;
    private final DriverView view;
    private final StepLog log;
    private final ChainSteps chains;
    private final ByteBuffer le16 = ByteBuffer.allocateDirect(2).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer usedElem =
            ByteBuffer.allocateDirect(USED_ELEM_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** @param memory the host's own: nothing read here is taken for the device's doing */
    RingSteps(GuestMemory memory, DriverView view, StepLog log) {
        this.memory = memory;
        this.view = view;
        this.log = log;
        chains = new ChainSteps(memory, log);
    }

    /** The driver says that there is something new in a queue. */
    void notified(int index) {
        if (index >= view.queueCount()) {
            return;
        }
        QueueView queue = view.queue(index);
        if (!queue.enabled() || !view.running()) {
            return;
        }
        try {
            int idx = load16(queue.availIdxAddress());
            VarHandle.acquireFence(); // pairs with the driver's barrier before its store of avail.idx
            available(queue, idx);
        } catch (GuestMemoryException e) {
            log.begin();
            log.unreadable(e.address(), e.length());
            log.end();
        }
    }

    /** As if every queue were notified. */
    void notifiedAll() {
        for (int i = 0; i < view.queueCount(); i++) {
            notified(i);
        }
    }

    /** The device has loaded a 16-bit field: if that is an avail.idx, it is about to take what is there. */
    void loaded(long address, short value) {
        QueueView queue = view.withAvailIdxAt(address);
        if (queue != null) {
            available(queue, Short.toUnsignedInt(value));
        }
    }

    private void available(QueueView queue, int idx) {
        for (int left = queue.offered(idx); left > 0; left--) {
            log.begin();
            try {
                int flags = load16(queue.availAddress());
                int head = load16(queue.nextAvailEntry());
                log.ringStep(StepRecord.AVAIL, queue.index(), queue.takeAvail(), flags, head);
                chains.offered(queue, head, view.indirect());
            } catch (GuestMemoryException e) {
                log.unreadable(e.address(), e.length());
                left = 0;
            }
            log.end();
        }
    }

    /**
     * The device is about to store a 16-bit field.
     *
     * @return whether that is a used.idx, and {@link #stored} wants to know when it is done
     */
    boolean storing(long address, short value) {
        QueueView queue = view.withUsedIdxAt(address);
        if (queue == null) {
            return false;
        }
        log.begin();
        int count = queue.newlyUsed(Short.toUnsignedInt(value));
        for (int i = 0; i < count; i++) {
            try {
                usedElem.clear();
                memory.read(queue.usedEntry(i), usedElem);
            } catch (GuestMemoryException e) {
                log.unreadable(e.address(), e.length());
                return true;
            }
            int id = usedElem.getInt(USED_ELEM_ID);
            log.ringStep(StepRecord.USED, queue.index(), queue.usedIdxAfter(i), id, usedElem.getInt(USED_ELEM_LEN));
            chains.written(queue, id, view.indirect());
        }
        return true;
    }

    /** The device has stored a used.idx. */
    void stored(long address, short value) {
        log.end();
        QueueView queue = view.withUsedIdxAt(address);
        if (queue != null) {
            queue.setUsedIdx(Short.toUnsignedInt(value));
        }
    }

    private int load16(long address) throws GuestMemoryException {
        le16.clear();
        memory.read(address, le16);
        return Short.toUnsignedInt(le16.getShort(0));
    }
}
