// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;

/**
 * The messages of one stream, each in pages of its own, by number: header, sound and status one after the other. How they are
 * cut into buffers, and where the status is looked for, is the driver's. One thread.
 */
final class MessageSlots {
    /** Told of each message that has come back. */
    @FunctionalInterface
    interface Back {
        void back(int slot, int usedLength);
    }

    private static final int SOUND_AT = 16;

    private final Bus bus;
    private final GuestPages memory;
    private final DriverCounts counts;
    private final DriverQueue queue;
    private final StreamSetup setup;
    private final int stream;
    private final BufferList chain = new BufferList();
    private final long[] pages;
    private final boolean[] pending;
    private final int[] lengths;
    private int next;

    /**
     * For a driver's stream.
     *
     * @param count messages
     * @param mostBytes of sound in one
     */
    MessageSlots(PciFamilyDriver driver, DriverQueue queue, StreamSetup setup, int stream, int count, int mostBytes) {
        bus = driver.bus();
        memory = driver.memory();
        counts = driver.counts();
        this.queue = queue;
        this.setup = setup;
        this.stream = stream;
        pages = new long[count];
        pending = new boolean[count];
        lengths = new int[count];
        for (int slot = 0; slot < count; slot++) {
            pages[slot] = memory.take(SOUND_AT + mostBytes + SndWire.STATUS_BYTES);
        }
    }

    /** The queue that they go to. */
    DriverQueue queue() {
        return queue;
    }

    /** Messages with the device, as the driver believes. */
    int inFlight() {
        int count = 0;
        for (boolean one : pending) {
            count += one ? 1 : 0;
        }
        return count;
    }

    /** The next message in turn, if it is not with the device; else -1. */
    int nextFree() {
        if (pending[next]) {
            return -1;
        }
        int slot = next;
        next = (next + 1) % pages.length;
        return slot;
    }

    /** Makes a message to be played available. */
    void play(int slot, boolean headerApart, byte... frames) {
        long at = pages[slot] + SOUND_AT - 4;
        bus.ram().put32(at, stream);
        bus.ram().write(at + 4, frames);
        chain.clear();
        if (headerApart) {
            chain.readable(at, 4).readable(at + 4, frames.length);
        } else {
            chain.readable(at, 4 + frames.length);
        }
        add(slot, frames.length, chain.writable(at + 4 + frames.length, SndWire.STATUS_BYTES));
    }

    /** Makes a message to be recorded available. */
    void record(int slot, boolean statusApart, int bytes) {
        long at = pages[slot];
        bus.ram().put32(at, stream);
        chain.clear().readable(at, 4);
        if (statusApart) {
            chain.writable(at + SOUND_AT, bytes).writable(at + SOUND_AT + bytes, SndWire.STATUS_BYTES);
        } else {
            chain.writable(at + SOUND_AT, bytes + SndWire.STATUS_BYTES);
        }
        add(slot, bytes, chain);
    }

    private void add(int slot, int bytes, BufferList buffers) {
        bus.ram().put64(pages[slot] + SOUND_AT + bytes, 0);
        if (!queue.add(buffers, slot)) {
            throw new GuestTroubleException(false, "the queue is full");
        }
        lengths[slot] = bytes;
        pending[slot] = true;
        counts.countSent();
    }

    /** Takes what has come back, with the status at the end of the message's room. */
    int takeBack(Back listener) {
        return queue.poll((slot, usedLength) -> {
            back(slot, lengths[slot]);
            listener.back(slot, usedLength);
        });
    }

    /** The same for a driver that only wants the message back. */
    int takeBack() {
        return takeBack((slot, usedLength) -> {});
    }

    /** The same with the status in the last bytes that the device says it has written. */
    int takeBackByUsedLength(Back listener) {
        return queue.poll((slot, usedLength) -> {
            back(slot, usedLength - SndWire.STATUS_BYTES);
            listener.back(slot, usedLength);
        });
    }

    /**
     * Looks again and again until nothing is in flight.
     *
     * @param lookNanos between two looks
     * @param limitNanos how long the driver looks
     * @param look takes back
     * @return whether nothing is in flight
     */
    boolean awaitNone(long lookNanos, long limitNanos, Runnable look) {
        for (long waited = 0; inFlight() > 0 && waited < limitNanos; waited += lookNanos) {
            bus.pass(lookNanos);
            look.run();
        }
        return inFlight() == 0;
    }

    private void back(int slot, int statusAt) {
        pending[slot] = false;
        long at = pages[slot] + SOUND_AT + statusAt;
        int latencyBytes = bus.ram().get32(at + 4);
        counts.countBack(bus.ram().get32(at), setup.nanosOf(latencyBytes / setup.frameBytes()));
    }

    /** What was recorded. */
    byte[] recorded(int slot, int bytes) {
        return bus.ram().read(pages[slot] + SOUND_AT, bytes);
    }

    /** The driver takes every message for its own, whether or not the device still has it. */
    void giveUp() {
        for (int slot = 0; slot < pending.length; slot++) {
            if (pending[slot]) {
                pending[slot] = false;
                counts.countLost();
            }
        }
        next = 0;
    }

    /** Gives the pages back, those of messages that are with the device as well. */
    void free() {
        giveUp();
        for (long page : pages) {
            memory.free(page);
        }
    }
}
