// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.virtio.RingDriver.DATA;
import static org.vsnd.virtio.RingDriver.INDIRECT;
import static org.vsnd.virtio.RingDriver.NEXT;
import static org.vsnd.virtio.RingDriver.WRITE;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_IN_ORDER;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

@Tag("PCI-13")
@Tag("VQ-13")
class UseOrderTest {
    private static final long FEATURES = VIRTIO_F_VERSION_1 | VIRTIO_F_IN_ORDER;

    private final RingDriver driver = new RingDriver(new FlatMemory(0x40000), 8, FEATURES);

    private DescriptorChain take(int head) throws Exception {
        driver.descriptor(head, DATA, 16, WRITE, 0);
        driver.offer(head);
        return driver.queue.poll();
    }

    @Test
    void chainThatIsDoneWaitsForThoseBeforeIt() throws Exception {
        DescriptorChain first = take(5);
        DescriptorChain second = take(1);
        DescriptorChain third = take(3);
        driver.queue.complete(third, 3);
        driver.queue.complete(second, 2);
        assertThat(driver.usedIdx()).isZero();
        assertThat(driver.interrupts).isZero();
        driver.queue.complete(first, 1);
        assertThat(driver.usedIdx()).isEqualTo(3);
        assertThat(driver.usedId(0)).isEqualTo(5);
        assertThat(driver.usedId(1)).isEqualTo(1);
        assertThat(driver.usedId(2)).isEqualTo(3);
        assertThat(driver.usedLen(1)).isEqualTo(2);
        assertThat(driver.interrupts).as("for the three").isEqualTo(1);
        driver.queue.complete(take(5), 0);
        assertThat(driver.usedId(3)).isEqualTo(5);
    }

    @Test
    @Tag("VQ-28")
    void packedChainsAreInOrderToo() throws Exception {
        PackedRingDriver packed = new PackedRingDriver(5, VIRTIO_F_IN_ORDER | VIRTIO_F_EVENT_IDX);
        DescriptorChain first = packed.take(4, 2);
        DescriptorChain second = packed.take(2, 1);
        packed.wish(2, 1, true); // in the middle of the first
        packed.queue.complete(second, 7);
        assertThat(packed.interrupts).isZero();
        packed.queue.complete(first, 0);
        assertThat(packed.id(0)).isEqualTo(4);
        assertThat(packed.id(2)).isEqualTo(2);
        assertThat(packed.length(2)).isEqualTo(7);
        assertThat(packed.interrupts).isEqualTo(1);
    }

    @Test
    void completingTwiceIsTheDevicesFault() throws Exception {
        take(0);
        DescriptorChain second = take(1);
        driver.queue.complete(second, 0);
        assertThatIllegalStateException().isThrownBy(() -> driver.queue.complete(second, 0));
    }

    @Test
    void resetForgetsWhatWaits() throws Exception {
        DescriptorChain first = take(0);
        driver.queue.complete(take(1), 0);
        driver.registers.reset();
        driver.queue.complete(first, 0);
        driver.enable(FEATURES);
        driver.queue.complete(take(1), 4);
        assertThat(driver.usedIdx()).isEqualTo(1);
        assertThat(driver.usedLen(0)).isEqualTo(4);
    }

    /** A chain of so many descriptors, in a table. */
    private static DescriptorChain takeTable(RingDriver from, int head, int entries) throws Exception {
        for (int i = 0; i < entries; i++) {
            from.entry(DATA, i, DATA, 16, WRITE | (i < entries - 1 ? NEXT : 0), i + 1);
        }
        from.descriptor(head, DATA, 16L * entries, INDIRECT, 0);
        from.offer(head);
        return from.queue.poll();
    }

    @Test
    @Tag("VQ-04")
    void chainThatWaitsHoldsNoDescriptors() throws Exception {
        RingDriver small = RingDriver.withSegments(300, FEATURES | VIRTIO_F_INDIRECT_DESC);
        takeTable(small, 0, 200);
        int held = small.queue.segmentsHeld();
        for (int head = 1; head < 60; head++) {
            DescriptorChain excess = takeTable(small, head, 200);
            assertThat(excess.inExcess()).isTrue();
            small.queue.complete(excess, 16);
            assertThat(small.queue.segmentsHeld()).isEqualTo(held);
        }
        SnapshotWriter out = new SnapshotWriter(0);
        small.registers.save(out);
        byte[] saved = out.finish();
        RestoredChains chains = new RestoredChains();
        small.registers
                .load(new SnapshotReader(saved, 0), FEATURES | VIRTIO_F_INDIRECT_DESC, chains)
                .run();
        assertThat(small.queue.segmentsHeld()).isEqualTo(held);
        small.queue.complete(small.queue.split().chains.outstanding().get(0), 0);
        assertThat(small.usedIdx()).isEqualTo(60);
        assertThat(small.usedLen(59)).isEqualTo(16);
        assertThat(small.queue.segmentsHeld()).isZero();
    }

    @Test
    void pausedQueueGoesOnWithWhatWaits() throws Exception {
        take(5);
        driver.queue.complete(take(1), 2);
        driver.registers.pause();
        assertThat(driver.registers.goesOn(2, new int[] {5, 1})).isTrue();
        assertThat(driver.registers.goesOn(2, new int[] {1, 5})).isFalse();
        driver.descriptor(5, DATA, 17, WRITE, 0);
        assertThat(driver.registers.goesOn(2, new int[] {5, 1})).isFalse();

        PackedRingDriver packed = new PackedRingDriver(5, VIRTIO_F_IN_ORDER);
        packed.take(4, 2);
        packed.queue.complete(packed.take(2, 1), 7);
        packed.registers.pause();
        PackedLife life = packed.registers.packed();
        assertThat(life.heldInOrder()).isTrue();
        assertThat(life.goesOn(life.usedPlace(), life.usedPlace(), List.of())).isTrue();
        packed.entry(PackedRingDriver.RING, 1, DATA, 16, 3, PackedRingDriver.AVAIL);
        assertThat(life.heldInOrder()).isFalse();
    }

    @Test
    void nothingIsDoneInTheLifeOfADriverWithoutOrder() throws Exception {
        driver.queue.complete(take(5), 1);
        driver.registers.reset();
        driver.enable(VIRTIO_F_VERSION_1);
        take(5);
        driver.registers.pause();
        driver.descriptor(5, DATA, 17, WRITE, 0);
        assertThat(driver.registers.goesOn(1, new int[] {5})).isFalse();
    }

    @Test
    void snapshotHasWhatWaits() throws Exception {
        take(2);
        driver.queue.complete(take(6), 9);
        SnapshotWriter out = new SnapshotWriter(0);
        driver.registers.save(out);
        byte[] saved = out.finish();

        RestoredChains chains = new RestoredChains();
        Runnable change = driver.registers.load(new SnapshotReader(saved, 0), FEATURES, chains);
        change.run();
        SnapshotWriter again = new SnapshotWriter(0);
        driver.registers.save(again);
        assertThat(again.finish()).isEqualTo(saved);
        DescriptorChain held = driver.queue.split().chains.outstanding().get(0);
        driver.queue.complete(held, 1);
        assertThat(driver.usedIdx()).isEqualTo(2);
        assertThat(driver.usedLen(1)).isEqualTo(9);
        assertThat(chains.allClaimed()).as("the first is its holder's").isFalse();
    }

    @Test
    void moreBytesThanAChainHasRoomForAreRefused() throws Exception {
        take(2);
        driver.queue.complete(take(6), 9);
        SnapshotWriter out = new SnapshotWriter(0);
        driver.registers.save(out);
        SnapshotReader in = new SnapshotReader(out.finish(), 0);
        assertThatThrownBy(() -> driver.registers
                        .load(in, VIRTIO_F_VERSION_1, new RestoredChains())
                        .run())
                .isInstanceOf(SnapshotException.class);
    }
}
