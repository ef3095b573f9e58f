// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;

/**
 * Requests on a control queue, one at a time: the chain that most drivers use, one readable buffer and one or more writable
 * ones, in a page of its own that stays the driver's for good.
 */
public final class ControlRoundTrip {
    private static final int REPLY_AT = 1024;

    private final Bus bus;
    private final ModernPci pci;
    private final DriverQueue queue;
    private final long page;
    private final BufferList chain = new BufferList();
    private boolean answered;
    private int usedLength;

    /** On a queue that has been enabled. */
    public ControlRoundTrip(Bus bus, ModernPci pci, DriverQueue queue, GuestPages memory) {
        this.bus = bus;
        this.pci = pci;
        this.queue = queue;
        page = memory.take(GuestPages.PAGE);
    }

    /**
     * Sends a request, notifies and waits by looking at the used ring.
     *
     * @param limitNanos how long the driver waits
     * @param reply lengths of the writable buffers, filled with zeros before, 3072 bytes at most
     * @return false if the driver's patience ended; the chain is still the device's then
     */
    public boolean request(byte[] request, long limitNanos, int... reply) {
        return request(request, limitNanos, () -> true, reply);
    }

    /** The same for a driver that looks at the ring only when something else holds as well, such as an interrupt. */
    public boolean request(byte[] request, long limitNanos, BooleanSupplier woken, int... reply) {
        bus.ram().write(page, request);
        bus.ram().fill(page + REPLY_AT, GuestPages.PAGE - REPLY_AT, 0);
        chain.clear().readable(page, request.length);
        long at = page + REPLY_AT;
        for (int length : reply) {
            chain.writable(at, length);
            at += length;
        }
        answered = false;
        if (!queue.add(chain, 0)) {
            throw new GuestTroubleException(false, "the control queue is full");
        }
        pci.kick(queue);
        return bus.await(() -> woken.getAsBoolean() && answered(), limitNanos);
    }

    private boolean answered() {
        queue.poll((token, length) -> {
            answered = true;
            usedLength = length;
        });
        return answered;
    }

    /** 32 bits of the reply's buffers, taken together: 0 is the status where it comes first. */
    public int reply32(int offset) {
        return bus.ram().get32(page + REPLY_AT + offset);
    }

    /** Bytes of the reply's buffers, taken together. */
    public byte[] reply(int offset, int length) {
        return bus.ram().read(page + REPLY_AT + offset, length);
    }

    /** Bytes the device says it has written. */
    public int usedLength() {
        return usedLength;
    }
}
