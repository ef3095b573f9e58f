// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_IN_ORDER;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
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

/**
 * VQ-09, VQ-10: driver and device on two real threads; whoever finds nothing waits until the other notifies. The device gives
 * buffers back in any order. {@code -Dvsnd.rounds} makes it so many times as long.
 */
@Tag("VQ-09")
@Tag("VQ-10")
class VirtqueueThreadsTest {
    private static final long TIMEOUT_SECONDS = 30;
    private static final int ROUNDS = Integer.getInteger("vsnd.rounds", 1);
    private static final long SEED = Long.getLong("vsnd.seed", 1);
    private static final int MOST_HELD = 5;

    private final FlatMemory deviceMemory = new FlatMemory(0x10000);
    private final Bell kicks = new Bell("kick");
    private final Bell interrupts = new Bell("interrupt");

    @ParameterizedTest
    @CsvSource({"2, 10000", "4, 20000", "64, 60000"})
    void noNotificationIsLostAndNoBufferArrivesEarly(int size, int buffers)
            throws InterruptedException, ExecutionException, VirtqueueException {
        meet(size, buffers, VIRTIO_F_EVENT_IDX);
    }

    @ParameterizedTest
    @CsvSource({"2, 10000", "64, 40000"})
    void splitRingWithoutEventIndex(int size, int buffers)
            throws InterruptedException, ExecutionException, VirtqueueException {
        meet(size, buffers, 0);
    }

    @ParameterizedTest
    @CsvSource({"2, 10000", "3, 10000", "7, 20000", "64, 60000"})
    @Tag("VQ-21")
    @Tag("VQ-25")
    void packedRingWithEventIndex(int size, int buffers)
            throws InterruptedException, ExecutionException, VirtqueueException {
        meet(size, buffers, VIRTIO_F_RING_PACKED | VIRTIO_F_EVENT_IDX);
    }

    @ParameterizedTest
    @CsvSource({"2, 10000", "3, 10000", "7, 20000", "64, 60000"})
    @Tag("VQ-21")
    @Tag("VQ-25")
    void packedRingWithoutEventIndex(int size, int buffers)
            throws InterruptedException, ExecutionException, VirtqueueException {
        meet(size, buffers, VIRTIO_F_RING_PACKED);
    }

    @ParameterizedTest
    @CsvSource({"false, 64", "true, 61"})
    @Tag("VQ-28")
    void inOrder(boolean packed, int size) throws InterruptedException, ExecutionException, VirtqueueException {
        meet(size, 20000, VIRTIO_F_IN_ORDER | VIRTIO_F_EVENT_IDX | (packed ? VIRTIO_F_RING_PACKED : 0));
    }

    private void meet(int size, int buffers, long features)
            throws InterruptedException, ExecutionException, VirtqueueException {
        Virtqueue queue = new Virtqueue(0, 64, deviceMemory, index -> interrupts.ring());
        QueueRegisters registers = new QueueRegisters(queue);
        queue.setFeatures(features);
        registers.setSize(size);
        registers.setDescAddress(RingDriver.DESC);
        registers.setAvailAddress(RingDriver.AVAIL);
        registers.setUsedAddress(RingDriver.USED);
        registers.enable();
        ThreadedRing ring = ThreadedRing.of(deviceMemory, size, features);
        boolean ordered = (features & VIRTIO_F_IN_ORDER) != 0;
        int count = ROUNDS * buffers;
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Integer> device = threads.submit(() -> serve(queue, count));
            Future<Integer> driver = threads.submit(() -> drive(ring, count, ordered));
            assertThat(driver.get()).as("seed %d", SEED).isEqualTo(count);
            assertThat(device.get()).isEqualTo(count);
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private int serve(Virtqueue queue, int buffers) throws VirtqueueException, GuestMemoryException {
        SplittableRandom random = new SplittableRandom(~SEED);
        ByteBuffer number = ByteBuffer.allocateDirect(8).order(ByteOrder.LITTLE_ENDIAN);
        List<DescriptorChain> held = new ArrayList<>();
        int taken = 0;
        while (taken < buffers || !held.isEmpty()) {
            DescriptorChain chain = queue.poll();
            if (chain != null) {
                taken++;
                number.clear();
                chain.read(0, number);
                chain.write(0, number.putLong(0, ~number.getLong(0)).flip());
                held.add(chain);
            } else if (held.isEmpty()) {
                kicks.answer(taken);
            }
            while (held.size() > MOST_HELD || (chain == null && !held.isEmpty())) {
                queue.complete(held.remove(random.nextInt(held.size())), 8);
            }
        }
        return taken;
    }

    /** Every number must come back inverted. */
    private int drive(ThreadedRing ring, int buffers, boolean ordered) {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] numbers = new long[ring.buffers()]; // by id; -1: free
        int[] free = new int[ring.buffers()]; // a stack
        for (int id = 0; id < free.length; id++) {
            free[id] = id;
            numbers[id] = -1;
        }
        int freeCount = free.length;
        int offered = 0;
        int collected = 0;
        ring.askForNone();
        while (collected < buffers) {
            while (offered < buffers && freeCount > 0) {
                int id = free[--freeCount];
                numbers[id] = offered;
                ring.place(id, offered);
                offered++;
            }
            jitter(random);
            if (ring.publish()) {
                kicks.ring();
            }
            if (!ring.hasUsed()) {
                ring.askForInterrupt();
                if (!ring.hasUsed()) {
                    interrupts.answer(collected);
                }
                ring.askForNone();
                continue;
            }
            for (int id = ring.takeUsed(); id != ThreadedRing.NONE; id = ring.takeUsed()) {
                if (numbers[id] < 0 || ring.answer(id) != ~numbers[id] || (ordered && numbers[id] != collected)) {
                    throw new AssertionError("buffer " + numbers[id] + " came back as " + ring.answer(id) + " after "
                            + collected + ", seed " + SEED);
                }
                numbers[id] = -1;
                free[freeCount++] = id;
                collected++;
            }
        }
        return collected;
    }

    /** Shifts the threads against each other, by up to some hundred nanoseconds. */
    private static void jitter(SplittableRandom random) {
        for (int i = random.nextInt(32); i > 0; i--) {
            Thread.onSpinWait();
        }
    }
}
