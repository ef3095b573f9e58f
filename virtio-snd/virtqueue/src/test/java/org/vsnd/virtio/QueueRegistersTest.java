// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

class QueueRegistersTest {
    private final FlatMemory memory = new FlatMemory(0x10000);
    private final QueueRegisters registers = new QueueRegisters(new Virtqueue(2, 256, memory, index -> {}));

    @ParameterizedTest
    @ValueSource(ints = {0, -1, -256, 3, 96, 255, 257, 512, 65536, Integer.MIN_VALUE})
    void badSizesAreIgnored(int size) { // PCI-34, PCI-35
        registers.setSize(64);
        registers.setSize(size);

        assertThat(registers.size()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 65536, -4})
    void maximumMustBeAPowerOfTwo(int sizeMax) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Virtqueue(0, sizeMax, memory, index -> {}));
    }

    @Test
    void sizeIsTheMaximumUntilTheDriverChooses() {
        assertThat(registers.queue().index()).isEqualTo(2);
        assertThat(registers.size()).isEqualTo(256);
        registers.setSize(1);
        assertThat(registers.size()).isEqualTo(1);
    }

    @Test
    void enabledQueueIgnoresChanges() throws VirtqueueException { // PCI-35
        set(64, 0x1000, 0x2000, 0x3000);
        registers.enable();
        set(128, 0x4000, 0x5000, 0x6000);
        registers.enable();

        assertRegisters(true, 64, 0x1000, 0x2000, 0x3000);
    }

    @Test
    void resetRestoresThePowerOnState() throws VirtqueueException { // PCI-32, PCI-33, PCI-34
        set(64, 0x1000, 0x2000, 0x3000);
        registers.enable();
        registers.reset();

        assertRegisters(false, 256, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4, 8})
    void misalignedDescriptorTableIsRefused(long off) { // VQ-01
        assertRefused(0x1000 + off, 0x2000, 0x3000);
    }

    @Test
    void misalignedAvailableRingIsRefused() { // VQ-01
        assertRefused(0x1000, 0x2001, 0x3000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void misalignedUsedRingIsRefused(long off) { // VQ-01
        assertRefused(0x1000, 0x2000, 0x3000 + off);
    }

    @Test
    void ringThatWrapsAroundTheAddressSpaceIsRefused() { // VQ-01
        assertRefused(-16, 0x2000, 0x3000);
        assertRefused(0x1000, -2, 0x3000);
        assertRefused(0x1000, 0x2000, -4);
    }

    @Test
    void leastAlignmentIsAccepted() throws VirtqueueException { // VQ-01
        set(64, 0x1010, 0x2002, 0x3004);
        registers.enable();

        assertThat(registers.enabled()).isTrue();
    }

    @Test
    void ringOutsideMemoryShowsAtFirstUse() throws VirtqueueException { // VQ-01
        set(64, 0x1000, 0x2000, 0x3000);
        registers.enable();

        assertThatThrownBy(registers.queue()::poll).isInstanceOf(GuestMemoryException.class);
    }

    @Test
    void queueThatIsNotEnabledHasNothing() throws VirtqueueException, GuestMemoryException { // VQ-11
        assertThat(registers.queue().poll()).isNull();
    }

    private void set(int size, long desc, long avail, long used) {
        registers.setSize(size);
        registers.setDescAddress(desc);
        registers.setAvailAddress(avail);
        registers.setUsedAddress(used);
    }

    private void assertRefused(long desc, long avail, long used) {
        set(64, desc, avail, used);
        assertThatThrownBy(registers::enable)
                .isInstanceOf(VirtqueueException.class)
                .hasMessageContaining("queue 2");
        assertThat(registers.enabled()).isFalse();
    }

    private void assertRegisters(boolean enabled, int size, long desc, long avail, long used) {
        assertThat(registers.enabled()).isEqualTo(enabled);
        assertThat(registers.size()).isEqualTo(size);
        assertThat(registers.descAddress()).isEqualTo(desc);
        assertThat(registers.availAddress()).isEqualTo(avail);
        assertThat(registers.usedAddress()).isEqualTo(used);
    }
}
