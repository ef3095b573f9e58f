// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.TimeBase;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

@DisplayName("The queues of a device")
class QueueServiceTest {
    private static final long MS = 1_000_000;
    private static final int TX = VirtioSnd.VIRTIO_SND_VQ_TX;
    private static final int RX = VirtioSnd.VIRTIO_SND_VQ_RX;

    private int faults;
    private final VirtualThread thread = new VirtualThread(TimeBase.VIRTUAL);
    private final @Nullable ServedQueue[] queues = new ServedQueue[VirtioSnd.VIRTIO_SND_VQ_MAX];
    private final QueueService service = new QueueService(new ScheduledTasks(thread), queues, () -> faults++);
    private final Queue tx = new Queue(TX, service);
    private final Queue rx = new Queue(RX, service);
    private final Transport transport = new Transport();

    /** A queue that is served as the test will have it. */
    private static final class Queue extends ServedQueue {
        int takes;
        int decisions;
        boolean gone;
        boolean broken;
        boolean hasMore;

        Queue(int index, QueueService service) {
            super(index, service);
        }

        @Override
        void take() throws VirtqueueException, GuestMemoryException {
            takes++;
            if (gone) {
                throw new GuestMemoryException(0, 2);
            }
            if (broken) {
                throw new VirtqueueException("broken");
            }
            if (hasMore) {
                hasMore = false;
                service.serveAgain(index);
            }
        }

        @Override
        void taken() {
            decisions++;
        }

        @Override
        void forget() {}
    }

    private static final class Transport implements VirtioTransport {
        final Map<Integer, Runnable> served = new HashMap<>();
        String reason = "";

        @Override
        public Virtqueue queue(int index) {
            return new Virtqueue(index, 2, new NoMemory(), queue -> {});
        }

        @Override
        public void onNotify(int index, Runnable task) {
            served.put(index, task);
        }

        @Override
        public long interruptLeadNanos() {
            return INTERRUPT_AFTER;
        }

        @Override
        public boolean interruptUnderway(int queue) {
            return false;
        }

        @Override
        public void configChanged() {}

        @Override
        public void needsReset(String why) {
            reason = why;
        }
    }

    QueueServiceTest() {
        queues[TX] = tx;
        queues[RX] = rx;
        service.attach(transport);
    }

    private void kick(int queue) {
        transport.served.get(queue).run();
    }

    @Test
    @DisplayName("are served from DRIVER_OK on, at once and at each notification, until the reset")
    void areServed() {
        assertThat(transport.served).containsOnlyKeys(TX, RX);
        kick(TX);
        assertThat(tx.takes).isZero();
        service.start();
        assertThat(tx.takes).isEqualTo(1);
        assertThat(rx.takes).isEqualTo(1);
        kick(TX);
        assertThat(tx.takes).isEqualTo(2);
        assertThat(tx.decisions).isEqualTo(2);
        service.stop();
        kick(TX);
        assertThat(tx.takes).isEqualTo(2);
    }

    @Test
    @DisplayName("have their next turn in another round of the thread")
    void haveAnotherTurn() {
        tx.hasMore = true;
        service.start();
        assertThat(tx.takes).isEqualTo(1);
        thread.advance(0);
        assertThat(tx.takes).isEqualTo(2);
    }

    @Test
    @DisplayName("are looked at every 5 ms while their memory is gone, however often the driver notifies")
    void areLookedAtAgain() {
        tx.gone = true;
        service.start();
        assertThat(tx.decisions).as("what was taken before counts").isEqualTo(1);
        thread.advance(4 * MS);
        kick(TX);
        thread.advance(MS - 1);
        assertThat(tx.takes).isEqualTo(2);
        thread.advance(1);
        assertThat(tx.takes).isEqualTo(3);
        assertThat(rx.takes).isEqualTo(1);
        tx.gone = false;
        thread.advance(1000 * MS);
        assertThat(tx.takes).isEqualTo(4);
        assertThat(faults).isZero();
    }

    @Test
    @DisplayName("end the device when their memory is gone for more than 100 ms")
    void endTheDeviceInTheEnd() {
        tx.gone = true;
        service.start();
        thread.advance(100 * MS - 1);
        assertThat(service.running()).isTrue();
        thread.advance(1);
        assertThat(service.running()).isFalse();
        assertThat(transport.reason).contains("queue 2");
        assertThat(faults).isEqualTo(1);
        int takes = tx.takes;
        thread.advance(1000 * MS);
        assertThat(tx.takes).isEqualTo(takes);
    }

    @Test
    @DisplayName("end the device at once when they are out of order, and no other is served until the reset")
    void endTheDeviceAtOnce() {
        service.start();
        tx.broken = true;
        kick(TX);
        assertThat(transport.reason).isEqualTo("broken");
        assertThat(tx.decisions).isEqualTo(1);
        kick(RX);
        assertThat(rx.takes).isEqualTo(1);
        service.stop();
        tx.broken = false;
        service.start();
        assertThat(rx.takes).isEqualTo(2);
    }
}
