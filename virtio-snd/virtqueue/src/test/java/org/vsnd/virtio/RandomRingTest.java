// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.RingDriver.AVAIL;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.DESC;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

/** VQ-04 at large: whatever the rings hold, only what {@link Virtqueue#poll} declares comes out. */
@Tag("VQ-04")
class RandomRingTest {
    private static final int RINGS = 100_000;
    private static final long TABLES = DATA;
    private static final int TABLE_ENTRIES = 64;

    private final Random random = new Random(20261122);
    private final FlatMemory memory = new FlatMemory(0x10000);
    private final ByteBuffer buffer = ByteBuffer.allocate(64);
    private int chains;
    private int empty;
    private int ringFaults;
    private int memoryFaults;

    @Test
    void hostileRingsEndInDeclaredWaysOnly() {
        RingDriver[] drivers = {
            new RingDriver(memory, 1, 0), new RingDriver(memory, 4, 0), new RingDriver(memory, 16, 0)
        };
        memory.hole(DATA + 0x1800, 0x800);
        for (int ring = 0; ring < RINGS; ring++) {
            RingDriver driver = drivers[random.nextInt(drivers.length)];
            driver.registers.reset();
            driver.enable(random.nextLong());
            fill(driver);
            try {
                drain(driver);
            } catch (RuntimeException e) {
                throw new AssertionError("ring " + ring, e);
            }
        }

        assertThat(chains).isGreaterThan(RINGS / 20);
        assertThat(empty).isGreaterThan(RINGS / 20);
        assertThat(ringFaults).isGreaterThan(RINGS / 20);
        assertThat(memoryFaults).isGreaterThan(RINGS / 100);
    }

    private void fill(RingDriver driver) {
        for (int i = 0; i < driver.size; i++) {
            entry(driver, DESC, i, driver.size);
            memory.put16(AVAIL + 4 + 2L * i, random.nextInt(driver.size + (random.nextInt(8) == 0 ? 2 : 0)));
        }
        for (int i = 0; i < TABLE_ENTRIES; i++) {
            entry(driver, TABLES, i, TABLE_ENTRIES);
        }
        driver.setAvailIdx(random.nextInt(driver.size + (random.nextInt(8) == 0 ? 3 : 1)));
    }

    private void entry(RingDriver driver, long table, int index, int entries) {
        int flags = random.nextInt(3) == 0 ? random.nextInt(65536) : random.nextInt(3);
        long address = switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> -1 - random.nextInt(64);
            case 2 -> DATA + 0x1700 + random.nextInt(0x1000);
            case 3 -> memory.end() - random.nextInt(64);
            default -> TABLES + 16L * random.nextInt(TABLE_ENTRIES);
        };
        long length = switch (random.nextInt(6)) {
            case 0 -> random.nextInt();
            case 1 -> random.nextInt(3);
            default -> 16L * random.nextInt(TABLE_ENTRIES);
        };
        int next = random.nextInt(6) == 0 ? random.nextInt(65536) : random.nextInt(entries);
        driver.entry(table, index, address, length, flags, next);
    }

    private void drain(RingDriver driver) {
        for (int i = 0; i <= driver.size; i++) {
            DescriptorChain chain;
            try {
                chain = driver.queue.poll();
            } catch (VirtqueueException e) {
                ringFaults++;
                return;
            } catch (GuestMemoryException e) {
                memoryFaults++;
                return;
            }
            if (chain == null) {
                empty++;
                return;
            }
            chains++;
            use(driver, chain);
        }
        throw new AssertionError("more chains than were offered");
    }

    private void use(RingDriver driver, DescriptorChain chain) {
        long readable = chain.readableBytes();
        long writable = chain.writableBytes();
        if (readable < 0 || writable < 0 || readable + writable > 1L << 32) {
            throw new AssertionError("readable " + readable + " writable " + writable);
        }
        int length = (int) Math.min(readable, 64);
        buffer.clear().limit(length);
        try {
            chain.read(readable - length, buffer);
            if (random.nextBoolean()) {
                driver.queue.complete(chain, writable);
            }
        } catch (GuestMemoryException e) {
            memoryFaults++;
        }
        if (buffer.limit() != length) {
            throw new AssertionError("limit");
        }
    }
}
