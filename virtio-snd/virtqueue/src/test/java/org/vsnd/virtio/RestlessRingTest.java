// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.PackedRingDriver.AVAIL;
import static org.vsnd.virtio.PackedRingDriver.INDIRECT;
import static org.vsnd.virtio.PackedRingDriver.NEXT;
import static org.vsnd.virtio.PackedRingDriver.USED;
import static org.vsnd.virtio.PackedRingDriver.WRITE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_IN_ORDER;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * Rings of both formats whose content changes at random between any two reads of the device: whatever they hold, only what
 * {@link Virtqueue} declares comes out, nothing is given back twice, nothing is kept, and each moment can be saved and restored.
 */
@Tag("VQ-04")
@Tag("VQ-12")
class RestlessRingTest {
    private static final long FIRST = Long.getLong("vsnd.seed", 1);
    private static final long ROUNDS = Long.getLong("vsnd.rounds", 40);
    private static final int STEPS = 3000;
    private static final int SEGMENTS_MAX = 200;
    private static final int QUEUE_SIZE_MAX = 16;
    private static final int LARGEST_RING = 1 << 4;
    private static final long PLACES = FlatMemory.BASE + 0x1000;
    private static final long DRIVER = FlatMemory.BASE + 0x3000;
    private static final long DEVICE = FlatMemory.BASE + 0x4000;
    private static final long TABLES = FlatMemory.BASE + 0x8000;
    private static final int TABLE_ENTRIES = 40;
    private static final long HOLE = TABLES + 0x1000;

    static LongStream seeds() {
        return LongStream.range(FIRST, FIRST + ROUNDS);
    }

    /** The guest, and the device that serves it. */
    private static final class Guest {
        private final SplittableRandom random;
        private final boolean packed;
        private final boolean ordered;
        private final long features;
        private final int size;
        private final RestlessMemory memory = new RestlessMemory();
        private final Virtqueue queue;
        private final QueueRegisters registers;
        private final ByteBuffer bytes = ByteBuffer.allocate(8);
        private final List<DescriptorChain> held = new ArrayList<>();
        private int taken;
        private int given;
        private int marked;
        private int faults;
        private int place; // of a packed ring, where the device looks

        Guest(long seed) {
            random = new SplittableRandom(seed);
            packed = seed % 4 > 0;
            ordered = random.nextInt(3) == 0;
            size = packed ? 1 + random.nextInt(QUEUE_SIZE_MAX) : 1 << random.nextInt(5);
            features = (packed ? VIRTIO_F_RING_PACKED : 0)
                    | (ordered ? VIRTIO_F_IN_ORDER : 0)
                    | (random.nextInt(4) > 0 ? VIRTIO_F_INDIRECT_DESC : 0)
                    | (random.nextBoolean() ? VIRTIO_F_EVENT_IDX : 0);
            queue = new Virtqueue(3, LARGEST_RING, SEGMENTS_MAX, memory, index -> {});
            registers = new QueueRegisters(queue);
            memory.hole(HOLE, 0x100);
        }

        private final class RestlessMemory extends FlatMemory {
            boolean restless;
            int marks;

            RestlessMemory() {
                super(0x10000);
            }

            private void stir() {
                if (restless && random.nextInt(8) == 0) {
                    scribble();
                }
            }

            @Override
            public void read(long address, ByteBuffer dst) throws GuestMemoryException {
                stir();
                super.read(address, dst);
            }

            @Override
            public short loadAcquire16(long address) throws GuestMemoryException {
                stir();
                return super.loadAcquire16(address);
            }

            @Override
            public void storeRelease16(long address, short value) throws GuestMemoryException {
                super.storeRelease16(address, value);
                boolean isMark = packed ? address < DRIVER : address == DEVICE + 2;
                marks += isMark ? 1 : 0;
            }
        }

        void live() {
            enable();
            for (int step = 0; step < STEPS; step++) {
                memory.restless = random.nextBoolean();
                switch (random.nextInt(10)) {
                    case 0, 1 -> offer();
                    case 2 -> scribble();
                    case 3, 4, 5 -> poll();
                    case 6, 7 -> give();
                    case 8 -> queue.offered();
                    default -> {
                        if (random.nextInt(40) == 0) {
                            enable();
                        } else if (random.nextInt(10) == 0) {
                            restore();
                        }
                    }
                }
                assertThat(queue.segmentsHeld()).isLessThanOrEqualTo(SEGMENTS_MAX + SegmentBlock.LENGTH);
            }
            registers.reset();
            assertThat(queue.segmentsHeld()).isZero();
        }

        private void enable() {
            registers.reset();
            queue.setFeatures(features);
            for (int i = 0; i < LARGEST_RING; i++) {
                memory.putBytes(PLACES + 16L * i, new byte[16]);
            }
            memory.put32(DRIVER, random.nextInt(4) == 0 ? random.nextInt() : 0);
            memory.put32(DEVICE, 0);
            registers.setSize(size);
            registers.setDescAddress(PLACES);
            registers.setAvailAddress(DRIVER);
            registers.setUsedAddress(DEVICE);
            try {
                registers.enable();
            } catch (VirtqueueException e) {
                throw new AssertionError(e);
            }
            for (DescriptorChain chain : held) {
                assertThat(complete(chain, 0)).as("marked of an earlier life").isZero();
            }
            held.clear();
            place = 0;
        }

        /** What a driver would do, more or less. */
        private void offer() {
            if (packed) {
                int descriptors = 1 + random.nextInt(3);
                for (int i = descriptors - 1; i >= 0; i--) {
                    int at = place + i;
                    int flags = (at / size % 2 == 0 ? AVAIL : USED) | (i < descriptors - 1 ? NEXT : 0);
                    entry(PLACES, at % size, random.nextInt(size), flags | (random.nextBoolean() ? WRITE : 0));
                }
            } else {
                int idx = memory.get16(DRIVER + 2);
                memory.put16(DRIVER + 4 + 2L * (idx & size - 1), random.nextInt(size));
                entry(PLACES, random.nextInt(size), random.nextInt(size), random.nextInt(4));
                memory.put16(DRIVER + 2, idx + 1);
            }
        }

        private void scribble() {
            int flags = random.nextInt(8) | (random.nextBoolean() ? AVAIL : 0) | (random.nextBoolean() ? USED : 0);
            switch (random.nextInt(6)) {
                case 0 -> memory.put16(PLACES + 16L * random.nextInt(size) + 14, packed ? flags : random.nextInt(size));
                case 1 -> entry(PLACES, random.nextInt(size), random.nextInt(size + 2), flags);
                case 2 -> entry(TABLES, random.nextInt(TABLE_ENTRIES), random.nextInt(TABLE_ENTRIES), flags);
                case 3 -> memory.put32(DRIVER, packed ? random.nextInt() : memory.get32(DRIVER));
                case 4 -> memory.put32(DEVICE, packed ? random.nextInt() : memory.get32(DEVICE));
                default -> memory.put16(PLACES + 16L * random.nextInt(size) + 12, random.nextInt(size + 1));
            }
        }

        /** A descriptor: id and flags, or flags and next, at random addresses and lengths. */
        private void entry(long table, int index, int id, int flags) {
            long at = table + 16L * index;
            boolean isTable = (flags & INDIRECT) != 0;
            long address = switch (random.nextInt(8)) {
                case 0 -> random.nextLong();
                case 1 -> -1 - random.nextInt(64);
                case 2 -> HOLE - 8;
                default -> TABLES + (isTable ? 0 : 16L * random.nextInt(TABLE_ENTRIES));
            };
            int length = random.nextInt(8) == 0 ? random.nextInt(3) - 1 : 16 * random.nextInt(TABLE_ENTRIES);
            memory.put64(at, address);
            memory.put32(at + 8, length);
            memory.put16(at + 12, packed ? id : flags & 7);
            memory.put16(at + 14, packed ? flags : id);
        }

        private void poll() {
            DescriptorChain chain;
            try {
                chain = queue.poll();
            } catch (VirtqueueException e) {
                faults++;
                enable();
                return;
            } catch (GuestMemoryException e) {
                faults++;
                return;
            }
            if (chain == null) {
                return;
            }
            taken++;
            place = packed ? (place + chain.slots()) % (2 * size) : 0;
            assertThat(held).doesNotContain(chain);
            assertThat(chain.readableBytes()).isBetween(0L, 1L << 32);
            assertThat(chain.writableBytes()).isBetween(0L, (1L << 32) - chain.readableBytes());
            if (chain.inExcess()) {
                give(chain, 0);
            } else {
                held.add(chain);
                look(chain);
            }
        }

        private void look(DescriptorChain chain) {
            bytes.clear().limit((int) Math.min(chain.readableBytes(), bytes.capacity()));
            try {
                chain.read(chain.readableBytes() - bytes.remaining(), bytes);
            } catch (GuestMemoryException e) {
                faults++;
            }
        }

        private void give() {
            if (!held.isEmpty()) {
                DescriptorChain chain = held.remove(random.nextInt(held.size()));
                give(chain, random.nextBoolean() ? chain.writableBytes() : 0);
            }
        }

        private void give(DescriptorChain chain, long usedBytes) {
            int now = complete(chain, usedBytes);
            given++;
            marked += now;
            assertThat(marked).isLessThanOrEqualTo(given);
            if (!ordered) {
                assertThat(now).isEqualTo(1);
            }
        }

        /** Returns how many buffers were marked as used. */
        private int complete(DescriptorChain chain, long usedBytes) {
            int before = memory.marks;
            try {
                queue.complete(chain, usedBytes);
            } catch (GuestMemoryException e) {
                throw new AssertionError(e); // the rings are always there
            }
            return memory.marks - before;
        }

        /** The same in another queue, which is this one. */
        private void restore() {
            byte[] saved = save();
            RestoredChains chains = new RestoredChains();
            try {
                registers.load(new SnapshotReader(saved, 0), features, chains).run();
            } catch (SnapshotException e) {
                throw new AssertionError(e);
            }
            assertThat(save()).isEqualTo(saved);
            int count = held.size();
            held.clear();
            queue.split().chains.outstanding().stream()
                    .filter(chain -> !chain.isDone())
                    .forEach(held::add);
            assertThat(held).hasSize(count);
        }

        private byte[] save() {
            SnapshotWriter out = new SnapshotWriter(0);
            registers.save(out);
            return out.finish();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingComesOfIt(long seed) {
        Guest guest = new Guest(seed);
        try {
            guest.live();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
        assertThat(guest.taken).as("seed %d", seed).isGreaterThan(20);
        assertThat(guest.given).as("seed %d", seed).isGreaterThan(10);
        assertThat(guest.faults).as("seed %d", seed).isGreaterThan(20);
    }
}
