// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.GuestRam;

/**
 * The bus manager's split ring: one area for all three parts, descriptors from a free list, interrupts suppressed by the
 * flag while the handler runs. Allocates nothing once it is set up.
 */
final class HaikuVirtqueue {
    private static final int DESC_BYTES = 16;
    private static final int DESC_F_NEXT = 1;
    private static final int DESC_F_WRITE = 2;
    private static final int AVAIL_F_NO_INTERRUPT = 1;
    private static final int ALIGNMENT = 4096;
    private static final int MAX_REQUEST = 3;

    private final HaikuKernel kernel;
    private final HaikuVirtioPci transport;
    private final Bus bus;
    private final GuestRam ram;
    private final int index;
    private final int size;
    private final Area area;
    private final long desc;
    private final long avail;
    private final long used;
    private final int[] next;
    private final int[] chainLength; // by head; 0: not in flight
    private final BooleanSupplier usedSomething = this::hasUsed;
    private final Runnable enabling = this::enableInterrupt;
    private final long[] addresses = new long[MAX_REQUEST];
    private final int[] lengths = new int[MAX_REQUEST];
    private final boolean[] writable = new boolean[MAX_REQUEST];
    private int count;
    private int firstFree;
    private int freeCount;
    private int availIdx;
    private int usedIdx;
    private @Nullable Runnable callback;

    /** Takes the queue's size as it is, makes the ring and enables the queue. */
    HaikuVirtqueue(HaikuKernel kernel, HaikuVirtioPci transport, int index) {
        this.kernel = kernel;
        this.transport = transport;
        this.index = index;
        bus = kernel.bus();
        ram = bus.ram();
        size = transport.queueSize(index);
        int usedAt = (DESC_BYTES * size + 6 + 2 * size + ALIGNMENT - 1) & -ALIGNMENT;
        area = kernel.createArea("virtqueue", usedAt + 6 + 8 * size);
        desc = area.address();
        avail = desc + (long) DESC_BYTES * size;
        used = desc + usedAt;
        next = new int[size];
        chainLength = new int[size];
        for (int i = 0; i < size; i++) {
            next[i] = i + 1;
        }
        freeCount = size;
        disableInterrupt();
        bus.guard().offer(desc, used - desc, false);
        bus.guard().offer(used, 6 + 8L * size, true);
        transport.setUpQueue(index, desc, avail, used);
    }

    void setCallback(@Nullable Runnable callback) {
        this.callback = callback;
    }

    void enableInterrupt() {
        kernel.touch(area, "<virtio>VirtioQueue::EnableInterrupt()");
        ram.put16(avail, ram.get16(avail) & ~AVAIL_F_NO_INTERRUPT);
    }

    private void disableInterrupt() {
        ram.put16(avail, ram.get16(avail) | AVAIL_F_NO_INTERRUPT);
    }

    /** Runs in the interrupt handler, whether or not the interrupt was this queue's, and whether or not it is there. */
    void interrupt() {
        kernel.touch(area, "<virtio>VirtioQueue::Interrupt()");
        disableInterrupt();
        if (callback != null) {
            callback.run();
        }
        kernel.interrupts().afterWaking(enabling);
    }

    boolean isEmpty() {
        return freeCount == size;
    }

    /** Adds to the request what the device reads. */
    HaikuVirtqueue readable(long address, int bytes) {
        return add(address, bytes, false);
    }

    /** Adds to the request what the device writes. */
    HaikuVirtqueue writable(long address, int bytes) {
        return add(address, bytes, true);
    }

    private HaikuVirtqueue add(long address, int bytes, boolean isWritable) {
        addresses[count] = address;
        lengths[count] = bytes;
        writable[count++] = isWritable;
        return this;
    }

    /**
     * Queues the request put together so far and notifies the device.
     *
     * @return false if there is no room
     */
    boolean queueRequest() {
        kernel.touch(area, "<virtio>VirtioQueue::QueueRequestVector()");
        int total = count;
        count = 0;
        if (total > freeCount) {
            return false;
        }
        int head = firstFree;
        int at = head;
        for (int i = 0; i < total; i++) {
            long entry = desc + (long) DESC_BYTES * at;
            ram.put64(entry, addresses[i]);
            ram.put32(entry + 8, lengths[i]);
            ram.put16(entry + 12, (i < total - 1 ? DESC_F_NEXT : 0) | (writable[i] ? DESC_F_WRITE : 0));
            ram.put16(entry + 14, next[at]);
            bus.guard().offer(addresses[i], lengths[i], writable[i]);
            at = next[at];
        }
        chainLength[head] = total;
        firstFree = at;
        freeCount -= total;
        ram.put16(avail + 4 + 2L * (availIdx & (size - 1)), head);
        VarHandle.releaseFence(); // the entry is there before the index says so
        availIdx = (availIdx + 1) & 0xffff;
        ram.put16(avail + 2, availIdx);
        VarHandle.fullFence();
        transport.notifyQueue(index);
        return true;
    }

    private boolean hasUsed() {
        return ram.get16(used + 2) != usedIdx;
    }

    /** Spins until a request is used, and takes it. */
    void spinForUsed() {
        kernel.spin(usedSomething, "busy-wait in queue_dequeue: device never used the buffer");
        VarHandle.acquireFence(); // what the device wrote before the index
        int head = ram.get32(used + 4 + 8L * (usedIdx & (size - 1)));
        usedIdx = (usedIdx + 1) & 0xffff;
        if (head < 0 || head >= size || chainLength[head] == 0) {
            throw new DeviceFaultException("queue " + index + ": descriptor " + head + " was used but not in flight");
        }
        int last = withdraw(head);
        freeCount += chainLength[head];
        chainLength[head] = 0;
        next[last] = firstFree;
        firstFree = head;
    }

    /** Takes a chain's buffers back; returns its last descriptor. */
    private int withdraw(int head) {
        int at = head;
        for (int i = chainLength[head]; ; at = next[at]) {
            long entry = desc + (long) DESC_BYTES * at;
            bus.guard().withdraw(get64(entry), ram.get32(entry + 8));
            if (--i == 0) {
                return at;
            }
        }
    }

    private long get64(long address) {
        return (ram.get32(address) & 0xffff_ffffL) | ((long) ram.get32(address + 4) << 32);
    }

    /** Gives the ring's memory back, which the device has not been told to leave alone yet. */
    void delete() {
        for (int head = 0; head < size; head++) {
            if (chainLength[head] != 0) {
                withdraw(head);
            }
        }
        bus.guard().withdraw(area.address(), area.bytes());
        kernel.deleteArea(area);
    }
}
