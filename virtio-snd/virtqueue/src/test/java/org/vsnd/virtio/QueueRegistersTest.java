// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.GuestMemoryException;

class QueueRegistersTest {
    private final FlatMemory memory = new FlatMemory(0x10000);
    private final QueueRegisters registers = new QueueRegisters(new Virtqueue(2, 256, memory, index -> {}));

    @ParameterizedTest
    @ValueSource(ints = {0, -1, -256, 3, 96, 255, 257, 512, 65536, Integer.MIN_VALUE})
    @Tag("PCI-34")
    @Tag("PCI-35")
    void badSizesAreIgnored(int size) {
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
    @Tag("PCI-35")
    void enabledQueueIgnoresChanges() throws VirtqueueException {
        set(64, 0x1000, 0x2000, 0x3000);
        registers.enable();
        set(128, 0x4000, 0x5000, 0x6000);
        registers.enable();

        assertRegisters(true, 64, 0x1000, 0x2000, 0x3000);
    }

    @Test
    @Tag("PCI-32")
    @Tag("PCI-33")
    @Tag("PCI-34")
    void resetRestoresThePowerOnState() throws VirtqueueException {
        set(64, 0x1000, 0x2000, 0x3000);
        registers.enable();
        registers.reset();

        assertRegisters(false, 256, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4, 8})
    @Tag("VQ-01")
    void misalignedDescriptorTableIsRefused(long off) {
        assertRefused(0x1000 + off, 0x2000, 0x3000);
    }

    @Test
    @Tag("VQ-01")
    void misalignedAvailableRingIsRefused() {
        assertRefused(0x1000, 0x2001, 0x3000);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("VQ-01")
    void misalignedUsedRingIsRefused(long off) {
        assertRefused(0x1000, 0x2000, 0x3000 + off);
    }

    @Test
    @Tag("VQ-01")
    void ringThatWrapsAroundTheAddressSpaceIsRefused() {
        assertRefused(-16, 0x2000, 0x3000);
        assertRefused(0x1000, -2, 0x3000);
        assertRefused(0x1000, 0x2000, -4);
    }

    @Test
    @Tag("VQ-01")
    void leastAlignmentIsAccepted() throws VirtqueueException {
        set(64, 0x1010, 0x2002, 0x3004);
        registers.enable();

        assertThat(registers.enabled()).isTrue();
    }

    @Test
    @Tag("VQ-01")
    void ringOutsideMemoryShowsAtFirstUse() throws VirtqueueException {
        set(64, 0x1000, 0x2000, 0x3000);
        registers.enable();

        assertThatThrownBy(registers.queue()::poll).isInstanceOf(GuestMemoryException.class);
    }

    @Test
    @Tag("VQ-11")
    void queueThatIsNotEnabledHasNothing() throws VirtqueueException, GuestMemoryException {
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
