// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_EVENT;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.VirtqueueException;

/**
 * The event queue, 5.14.5: tells the driver what has happened. There is a fixed number of sources, each pending at most once: without
 * buffers nothing is lost and nothing grows (SND-26).
 *
 * <p>The driver's buffers stay in the ring until there is something to say: the device holds none, and never looks at the
 * ring of a driver that has nothing to hear. Device thread only; allocates nothing once each source has been pending.
 */
final class EventQueue extends ServedQueue {
    private static final int SAVED_BYTES = 2;

    private final DriverHabits habits;
    private final List<Event> events = new ArrayList<>();
    private final ArrayDeque<Event> pending = new ArrayDeque<>();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(SndEvent.LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    /** @param habits told when the driver notifies */
    EventQueue(QueueService service, DriverHabits habits) {
        super(VIRTIO_SND_VQ_EVENT, service);
        this.habits = habits;
    }

    /** A source's place in the queue; while the device is built, always in the same order. */
    Event add(EventSource source) {
        Event event = new Event(source, events.size());
        events.add(event);
        return event;
    }

    /** What one source has to say. */
    final class Event {
        private final EventSource source;
        private final int number;
        private boolean isPending;

        private Event(EventSource source, int number) {
            this.source = source;
            this.number = number;
        }

        /**
         * There is something to say: the driver hears of it as soon as it has a buffer, unless it has been reset, or did not begin.
         */
        void raise() {
            if (service.running()) {
                if (!isPending) {
                    isPending = true;
                    pending.add(this);
                }
                serve();
            }
        }

        /** There is nothing to say any more. */
        void withdraw() {
            if (isPending) {
                isPending = false;
                pending.remove(this);
            }
        }
    }

    @Override
    void notified() {
        habits.eventBuffers();
        serve();
    }

    @Override
    void take() throws VirtqueueException, GuestMemoryException {
        int budget = queue().size();
        long descriptors = queue().descriptorsVisited();
        while (!pending.isEmpty() && service.running()) {
            if (budget-- == 0 || queue().descriptorsVisited() - descriptors >= QueueService.DESCRIPTORS_PER_TURN) {
                service.serveAgain(index);
                return;
            }
            DescriptorChain buffer = queue().poll();
            if (buffer == null) {
                return;
            }
            send(pending.element(), buffer);
        }
    }

    /** A buffer that cannot take the event goes back empty (SND-07), and the event waits for the next one. */
    private void send(Event event, DescriptorChain buffer) {
        long usedBytes = 0;
        if (buffer.writableBytes() >= SndEvent.LENGTH) {
            bytes.clear();
            bytes.putInt(SndEvent.CODE, event.source.eventCode()).putInt(SndEvent.DATA, event.source.eventData());
            try {
                buffer.write(0, bytes);
                usedBytes = SndEvent.LENGTH;
            } catch (GuestMemoryException e) {
                usedBytes = 0; // the driver gave no memory, but gets its buffer back
            }
        }
        if (usedBytes > 0) {
            event.withdraw();
            event.source.eventSent();
        }
        use(buffer, usedBytes);
    }

    @Override
    void taken() {}

    @Override
    void forget() {} // no buffer is held, and what is pending is said in the queue's next life

    /** Device reset: the next driver asks for itself. */
    void reset() {
        while (!pending.isEmpty()) {
            pending.element().withdraw();
        }
    }

    /** Writes what is pending. */
    void save(SnapshotWriter out) {
        out.u16(pending.size());
        pending.forEach(event -> out.u16(event.number));
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @return restores it, without saying anything yet
     */
    Runnable load(SnapshotReader in) throws SnapshotException {
        int count = in.count("pending events", events.size(), SAVED_BYTES);
        List<Event> saved = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Event event = events.get(in.u16("an event's source", events.size() - 1));
            in.require(!saved.contains(event), "an event is pending twice");
            saved.add(event);
        }
        return () -> {
            reset();
            saved.forEach(event -> event.isPending = true);
            pending.addAll(saved);
        };
    }
}
