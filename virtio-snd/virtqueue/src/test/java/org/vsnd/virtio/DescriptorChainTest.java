// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.INDIRECT;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.WRITE;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

class DescriptorChainTest {
    private static final long TABLE = DATA + 0x10000;

    private final RingDriver driver = RingDriver.withIndirect(64);

    /** Readable 3 + 0 + 5 bytes "abcdefgh", writable 2 + 6 bytes. */
    private DescriptorChain small() throws VirtqueueException, GuestMemoryException {
        driver.descriptor(9, DATA, 3, NEXT, 2);
        driver.descriptor(2, DATA + 0x50, 0, NEXT, 63);
        driver.descriptor(63, DATA + 0x100, 5, NEXT, 1);
        driver.descriptor(1, DATA + 0x200, 2, NEXT | WRITE, 0);
        driver.descriptor(0, DATA + 0x300, 6, WRITE, 0);
        driver.memory.putBytes(DATA, new byte[] {'a', 'b', 'c', '!'});
        driver.memory.putBytes(DATA + 0x100, new byte[] {'d', 'e', 'f', 'g', 'h', '!'});
        driver.offer(9);
        return driver.queue.poll();
    }

    static Stream<ByteBuffer> buffers() {
        return Stream.of(
                ByteBuffer.allocate(20),
                ByteBuffer.allocateDirect(20),
                ByteBuffer.allocate(40).position(7).slice());
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void readCrossesSegmentsIntoAnyBuffer(ByteBuffer buffer) throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = small();
        for (int offset = 0; offset <= 8; offset++) {
            for (int length = 0; length <= 8 - offset; length++) {
                buffer.clear().position(4).limit(4 + length);
                chain.read(offset, buffer);

                assertThat(buffer.position()).isEqualTo(4 + length);
                assertThat(buffer.limit()).isEqualTo(4 + length);
                byte[] got = new byte[length];
                buffer.get(4, got);
                assertThat(new String(got, StandardCharsets.US_ASCII))
                        .isEqualTo("abcdefgh".substring(offset, offset + length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("buffers")
    void writeCrossesSegmentsFromAnyBuffer(ByteBuffer buffer) throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = small();
        buffer.put(new byte[] {0, 0, 1, 2, 3, 4, 5}).flip().position(2);
        chain.write(1, buffer);

        assertThat(buffer.hasRemaining()).isFalse();
        assertThat(driver.memory.bytes(DATA + 0x200, 3)).containsExactly(0, 1, 0);
        assertThat(driver.memory.bytes(DATA + 0x300, 6)).containsExactly(2, 3, 4, 5, 0, 0);
    }

    @Test
    void theDriversCutsAreThereForWhoeverTellsDriversApart() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = small();
        assertThat(Stream.of(0, 1, 2, 3, 4).map(chain::segmentBytes)).containsExactly(3L, 5L, 2L, 6L, 0L);
    }

    @Test
    void theCutsOfALongChainAreThereToo() throws VirtqueueException, GuestMemoryException {
        for (int i = 0; i < 40; i++) {
            driver.entry(TABLE, i, DATA + 16L * i, 1 + i, i < 39 ? NEXT : 0, i + 1);
        }
        driver.descriptor(0, TABLE, 40 * 16, INDIRECT, 0);
        driver.offer(0);
        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.segmentBytes(15)).isEqualTo(16);
        assertThat(chain.segmentBytes(16)).isEqualTo(17);
        assertThat(chain.segmentBytes(39)).isEqualTo(40);
        assertThat(chain.segmentBytes(40)).isZero();
        assertThat(chain.segmentBytes(80)).isZero();
    }

    @Test
    void offeredChainsAreCountedAsFarAsTheyCanBeSeen() throws VirtqueueException {
        driver.descriptor(0, DATA, 8, WRITE, 0);
        driver.offer(0);
        driver.offer(0);
        assertThat(driver.queue.offered()).isEqualTo(2);
        driver.setAvailIdx(1000);
        assertThat(driver.queue.offered()).isZero();
        driver.queue.stop();
        assertThat(driver.queue.offered()).isZero();
    }

    @Test
    void readOnlySourceCanBeWritten() throws VirtqueueException, GuestMemoryException {
        small().write(7, ByteBuffer.wrap(new byte[] {42}).asReadOnlyBuffer());

        assertThat(driver.memory.bytes(DATA + 0x300, 7)).containsExactly(0, 0, 0, 0, 0, 42, 0);
    }

    @Test
    void accessBeyondAPartIsTheCallersFault() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = small();
        assertThat(chain.readableBytes()).isEqualTo(8);
        assertThat(chain.writableBytes()).isEqualTo(8);

        ByteBuffer two = ByteBuffer.allocate(2);
        for (long offset : new long[] {-1, 7, 8, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> chain.read(offset, two)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> chain.write(offset, two)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(two.remaining()).isEqualTo(2);
    }

    @Test
    void holeLeavesPositionAndLimitAlone() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = small();
        driver.memory.hole(DATA + 0x100, 0x180);
        ByteBuffer buffer = ByteBuffer.allocate(20).position(3).limit(10);

        assertThatThrownBy(() -> chain.read(0, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer.limit()).isEqualTo(10);
        assertThatThrownBy(() -> chain.write(0, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThat(buffer.position()).isEqualTo(3);
        assertThat(buffer.limit()).isEqualTo(10);
    }

    @Test
    @Tag("VQ-12")
    void descriptorsAreCopiedOnce() throws VirtqueueException, GuestMemoryException {
        DescriptorChain chain = small();
        for (int i = 0; i < 64; i++) {
            driver.descriptor(i, 0, 0xffff_ffffL, NEXT | WRITE, i);
        }
        ByteBuffer buffer = ByteBuffer.allocate(8);
        chain.read(0, buffer);

        assertThat(buffer.array()).startsWith('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
        driver.queue.complete(chain, 0);
        assertThat(driver.usedId(0)).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, WRITE})
    @Tag("VQ-05")
    @Tag("VQ-06")
    void directDescriptorsMayPrecedeTheIndirectOne(int ignored) throws VirtqueueException, GuestMemoryException {
        // WRITE on the descriptor that refers to the table means nothing
        driver.descriptor(0, DATA, 3, NEXT, 1);
        driver.descriptor(1, DATA + 3, 4, NEXT, 2);
        driver.descriptor(2, TABLE, 64, INDIRECT | ignored, 0);
        driver.entry(TABLE, 0, DATA + 7, 5, NEXT, 3);
        driver.entry(TABLE, 3, DATA + 0x100, 8, WRITE, 0);
        driver.offer(0);

        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.readableBytes()).isEqualTo(12);
        assertThat(chain.writableBytes()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 300, 1024, 2048})
    @Tag("VQ-02")
    void indirectTableMayExceedTheQueue(int entries) throws VirtqueueException, GuestMemoryException {
        int bytes = entries * 7;
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (i * 31 + (i >> 8));
        }
        driver.memory.putBytes(DATA, data);
        for (int i = 0; i < entries; i++) {
            driver.entry(TABLE, i, DATA + 7L * i, 7, i < entries - 1 ? NEXT : 0, i + 1);
        }
        driver.descriptor(0, TABLE, 16L * entries, INDIRECT, 0);
        driver.offer(0);

        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.readableBytes()).isEqualTo(bytes);
        ByteBuffer got = ByteBuffer.allocate(bytes);
        chain.read(0, got);
        assertThat(got.array()).isEqualTo(data);
        ByteBuffer tail = ByteBuffer.allocate(5);
        chain.read(bytes - 5, tail);
        assertThat(tail.array()).isEqualTo(Arrays.copyOfRange(data, bytes - 5, bytes));
    }

    @Test
    @Tag("VQ-02")
    void indirectTableMayRunBackwards() throws VirtqueueException, GuestMemoryException {
        driver.entry(TABLE, 0, DATA, 1, NEXT, 99);
        for (int i = 99; i > 0; i--) {
            driver.entry(TABLE, i, DATA, i, i > 1 ? NEXT : 0, i - 1);
        }
        driver.descriptor(0, TABLE, 1600, INDIRECT, 0);
        driver.offer(0);

        assertThat(driver.queue.poll().readableBytes()).isEqualTo(1 + 99 * 100 / 2);
    }

    @Test
    void tableInAHoleConsumesNothing() throws VirtqueueException, GuestMemoryException {
        driver.descriptor(0, TABLE, 16, INDIRECT, 0);
        driver.entry(TABLE, 0, DATA, 4, 0, 0);
        driver.offer(0);
        driver.memory.hole(TABLE, 16);
        assertThatThrownBy(driver.queue::poll).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(driver.queue::poll).isInstanceOf(GuestMemoryException.class);

        driver.memory.hole(0, 0);
        assertThat(driver.queue.poll().readableBytes()).isEqualTo(4);
        assertThat(driver.queue.poll()).isNull();
    }

    @Test
    void emptyChainIsAChain() throws VirtqueueException, GuestMemoryException {
        driver.descriptor(0, 0, 0, 0, 0);
        driver.offer(0);

        DescriptorChain chain = driver.queue.poll();
        assertThat(chain.readableBytes()).isZero();
        assertThat(chain.writableBytes()).isZero();
        chain.read(0, ByteBuffer.allocate(0));
        chain.write(0, ByteBuffer.allocate(0));
    }
}
