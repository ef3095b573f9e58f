// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.RingDriver.AVAIL;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.USED;
import static org.vsnd.virtio.RingDriver.WRITE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.spi.GuestMemoryException;

/** VQ-09, VQ-10: driver and device on two real threads; whoever finds nothing waits until the other notifies. */
@Tag("VQ-09")
@Tag("VQ-10")
class VirtqueueThreadsTest {
    private static final long TIMEOUT_SECONDS = 30;

    private final FlatMemory deviceMemory = new FlatMemory(0x10000);
    private final Bell kicks = new Bell("kick");
    private final Bell interrupts = new Bell("interrupt");

    @ParameterizedTest
    @CsvSource({"2, 40000", "4, 40000", "64, 200000"})
    void noNotificationIsLostAndNoBufferArrivesEarly(int size, int buffers)
            throws InterruptedException, ExecutionException, VirtqueueException {
        Virtqueue queue = new Virtqueue(0, size, deviceMemory, index -> interrupts.ring());
        QueueRegisters registers = new QueueRegisters(queue);
        registers.setDescAddress(RingDriver.DESC);
        registers.setAvailAddress(AVAIL);
        registers.setUsedAddress(USED);
        queue.setFeatures(VIRTIO_F_EVENT_IDX);
        registers.enable();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Integer> device = threads.submit(() -> serve(queue, buffers));
            Future<Integer> driver = threads.submit(() -> drive(size, buffers));
            assertThat(driver.get()).isEqualTo(buffers);
            assertThat(device.get()).isEqualTo(buffers);
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private int serve(Virtqueue queue, int buffers) throws VirtqueueException, GuestMemoryException {
        ByteBuffer number = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        int served = 0;
        while (served < buffers) {
            DescriptorChain chain = queue.poll();
            if (chain == null) {
                kicks.answer(served);
                continue;
            }
            number.clear();
            chain.read(0, number);
            chain.write(0, number.putLong(0, ~number.getLong(0)).flip());
            queue.complete(chain, 8);
            served++;
        }
        return served;
    }

    /** Buffer n is the number n in a readable descriptor; it must come back inverted in the writable one. */
    private int drive(int size, int buffers) {
        SplittableRandom random = new SplittableRandom(size);
        int heads = size / 2;
        int offered = 0;
        int collected = 0;
        while (collected < buffers) {
            int before = offered;
            while (offered < buffers && offered - collected < heads) {
                place(size, offered, offered % heads);
                offered++;
            }
            jitter(random);
            publish(size, before, offered);
            int used = usedIdx();
            if (used == (collected & 0xffff)) {
                deviceMemory.put16(AVAIL + 4 + 2L * size, collected);
                VarHandle.fullFence();
                if (usedIdx() == (collected & 0xffff)) {
                    interrupts.answer(collected);
                }
                continue;
            }
            while ((collected & 0xffff) != used) {
                check(size, collected);
                collected++;
            }
        }
        return collected;
    }

    private void place(int size, int n, int head) {
        long data = DATA + 32L * head;
        deviceMemory.put64(data, n);
        deviceMemory.put64(data + 16, 0);
        describe(2 * head, data, NEXT, 2 * head + 1);
        describe(2 * head + 1, data + 16, WRITE, 0);
        deviceMemory.put16(AVAIL + 4 + 2L * (n % size), 2 * head);
    }

    private void describe(int index, long address, int flags, int next) {
        long at = RingDriver.DESC + 16L * index;
        deviceMemory.put64(at, address);
        deviceMemory.put32(at + 8, 8);
        deviceMemory.put16(at + 12, flags);
        deviceMemory.put16(at + 14, next);
    }

    private void publish(int size, int before, int offered) {
        if (before == offered) {
            return;
        }
        VarHandle.releaseFence();
        deviceMemory.put16(AVAIL + 2, offered);
        VarHandle.fullFence();
        int event = deviceMemory.get16(USED + 4 + 8L * size) & 0xffff;
        if (((offered - event - 1) & 0xffff) < ((offered - before) & 0xffff)) {
            kicks.ring();
        }
    }

    private int usedIdx() {
        int idx = deviceMemory.get16(USED + 2) & 0xffff;
        VarHandle.acquireFence();
        return idx;
    }

    private void check(int size, int n) {
        long elem = USED + 4 + 8L * (n % size);
        int head = deviceMemory.get32(elem) / 2;
        long got = deviceMemory.get64(DATA + 32L * head + 16);
        if (got != ~(long) n || deviceMemory.get32(elem + 4) != 8) {
            throw new AssertionError("buffer " + n + " came back as " + got);
        }
    }

    /** Shifts the threads against each other, by up to some hundred nanoseconds. */
    private static void jitter(SplittableRandom random) {
        for (int i = random.nextInt(32); i > 0; i--) {
            Thread.onSpinWait();
        }
    }
}
