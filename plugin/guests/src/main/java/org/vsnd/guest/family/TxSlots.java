// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;

/**
 * Messages of a driver that has a number of places for them, fills whichever is free, notifies for each, and looks at the used
 * ring for those that are back. One stream, 0.
 */
final class TxSlots {
    /** Where the parts of the message in a place are. */
    interface Layout {
        /** Address of the header, 4 bytes. */
        long header(int slot);

        /** Address of the frames. */
        long frames(int slot);

        /** Address of the status, 8 bytes. */
        long status(int slot, int frameBytes);
    }

    private final Bus bus;
    private final ModernPci pci;
    private final DriverQueue tx;
    private final DriverCounts counts;
    private final StreamSetup setup;
    private final Layout layout;
    private final int[] pendingBytes; // by slot; 0: free
    private final BufferList chain = new BufferList();
    private int pending;

    TxSlots(Bus bus, ModernPci pci, DriverQueue tx, DriverCounts counts, StreamSetup setup, int slots, Layout layout) {
        this.bus = bus;
        this.pci = pci;
        this.tx = tx;
        this.counts = counts;
        this.setup = setup;
        this.layout = layout;
        pendingBytes = new int[slots];
    }

    /** Whether every place is taken. */
    boolean full() {
        takeBack();
        return pending == pendingBytes.length;
    }

    /** Whether nothing is in flight. */
    boolean empty() {
        takeBack();
        return pending == 0;
    }

    /** Sends frames from the first free place. */
    void send(byte[] frames) {
        int slot = 0;
        while (pendingBytes[slot] != 0) {
            slot++;
        }
        long header = layout.header(slot);
        long data = layout.frames(slot);
        long status = layout.status(slot, frames.length);
        bus.ram().put32(header, 0);
        bus.ram().write(data, frames);
        bus.ram().put64(status, 0);
        chain.clear().readable(header, 4).readable(data, frames.length).writable(status, SndWire.STATUS_BYTES);
        if (!tx.add(chain, slot)) {
            throw new GuestTroubleException(false, "the tx queue is full");
        }
        pendingBytes[slot] = frames.length;
        pending++;
        counts.countSent();
        pci.notifyQueue(SndWire.TX_QUEUE);
    }

    /** Sends a sound in messages of at most so many bytes, each as soon as there is room. */
    void sendAll(SoundToPlay sound, long bytes, int mostBytes, long patienceNanos) {
        for (long left = bytes; left > 0; left -= Math.min(left, mostBytes)) {
            if (!bus.await(() -> !full(), patienceNanos)) {
                throw new GuestTroubleException(patienceNanos >= PolledRequests.FOR_EVER, "no message came back");
            }
            send(sound.next((int) Math.min(left, mostBytes)));
        }
    }

    /** Waits for everything in flight. */
    void drain(long patienceNanos) {
        if (!bus.await(this::empty, patienceNanos)) {
            throw new GuestTroubleException(patienceNanos >= PolledRequests.FOR_EVER, "a message did not come back");
        }
    }

    private void takeBack() {
        tx.poll((slot, length) -> {
            long status = layout.status(slot, pendingBytes[slot]);
            int latencyBytes = bus.ram().get32(status + 4);
            counts.countBack(bus.ram().get32(status), setup.nanosOf(latencyBytes / setup.frameBytes()));
            pendingBytes[slot] = 0;
            pending--;
        });
    }
}
