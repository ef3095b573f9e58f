// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The driver's end of the event queue, VIRTIO 1.4 section 5.14.5: posts buffers, and posts each again when it came back with an
 * event. A device that sends half an event, or one to nobody, is at fault.
 */
public final class SoundEvents {
    /** Bytes of struct virtio_snd_event. */
    public static final int EVENT_BYTES = 8;

    /** What the device said. */
    public record Event(int code, int data) {}

    private final VirtioPciDriver pci;
    private final BufferList buffer = new BufferList();
    private final List<Event> received = new ArrayList<>();
    private final List<Integer> emptyBuffers = new ArrayList<>();
    private long[] addresses = {};
    private int[] lengths = {};
    private boolean postsAgain = true;

    /** The event queue of this driver. */
    public SoundEvents(VirtioPciDriver pci) {
        this.pci = pci;
    }

    /** Whether a buffer that came back is posted again at once. */
    public void setPostsAgain(boolean again) {
        postsAgain = again;
    }

    /** Posts this many buffers more, as long as they should be, with a notification. */
    public void post(int count) {
        for (int i = 0; i < count; i++) {
            add(0, EVENT_BYTES);
        }
        pci.kick(pci.queue(SndWire.EVENT_QUEUE));
    }

    /** Posts a buffer of any length, with a readable part if it has one, and notifies. */
    public void postUnfit(int readableBytes, int writableBytes) {
        add(readableBytes, writableBytes);
        pci.kick(pci.queue(SndWire.EVENT_QUEUE));
    }

    private void add(int readableBytes, int writableBytes) {
        int token = addresses.length;
        addresses = Arrays.copyOf(addresses, token + 1);
        lengths = Arrays.copyOf(lengths, token + 1);
        addresses[token] = pci.allocator().allocate(Math.max(1, readableBytes + writableBytes), 8);
        lengths[token] = writableBytes;
        buffer.clear();
        if (readableBytes > 0) {
            buffer.readable(addresses[token] + writableBytes, readableBytes);
        }
        if (writableBytes > 0) {
            buffer.writable(addresses[token], writableBytes);
        }
        offer(token);
    }

    private void offer(int token) {
        pci.bus().ram().fill(addresses[token], lengths[token], 0xff);
        if (!pci.queue(SndWire.EVENT_QUEUE).add(buffer, token)) {
            throw new IllegalStateException("the event queue is full");
        }
    }

    /** Takes what the device has said until now. */
    public List<Event> take() {
        DriverQueue queue = pci.queue(SndWire.EVENT_QUEUE);
        if (queue.poll(this::used) > 0 && queue.needsKick()) {
            pci.notifyQueue(SndWire.EVENT_QUEUE);
        }
        List<Event> taken = List.copyOf(received);
        received.clear();
        return taken;
    }

    private void used(int token, int usedLength) {
        if (usedLength == 0) {
            emptyBuffers.add(lengths[token]);
            return;
        }
        if (usedLength != EVENT_BYTES) {
            throw new DeviceFaultException("an event of " + usedLength + " bytes");
        }
        GuestRam ram = pci.bus().ram();
        received.add(new Event(ram.get32(addresses[token]), ram.get32(addresses[token] + 4)));
        if (postsAgain) {
            buffer.clear().writable(addresses[token], lengths[token]);
            offer(token);
        }
    }

    /** The lengths of the buffers that came back without an event. */
    public List<Integer> emptyBuffers() {
        return List.copyOf(emptyBuffers);
    }
}
