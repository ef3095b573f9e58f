// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class GuestAllocatorTest {
    private final GuestRam ram = new GuestRam(0, ByteBuffer.allocate(0x4000));
    private final GuestAllocator allocator = new GuestAllocator(ram, 0x1004, 0x1000);

    @Test
    void alignsAndClears() {
        ram.fill(0x1000, 0x1000, 0xff);
        long address = allocator.allocate(16, 64);
        assertThat(address).isEqualTo(0x1040);
        assertThat(ram.read(address, 16)).containsOnly(0);
        assertThat(allocator.allocate(8, 4)).as("first fit").isEqualTo(0x1004);
    }

    @Test
    void freedMemoryIsPoisonedAndComesBackWhole() {
        long[] pieces = {allocator.allocate(0x400, 4), allocator.allocate(0x400, 4), allocator.allocate(0x800, 4)};
        assertThatThrownBy(() -> allocator.allocate(1, 1)).isInstanceOf(IllegalStateException.class);
        for (int i : new int[] {1, 2, 0}) {
            allocator.free(pieces[i]);
        }
        assertThat(allocator.freedMemoryIsUntouched(0x1004, 0x1000)).isTrue();
        ram.put8(0x1800, 0);
        assertThat(allocator.freedMemoryIsUntouched(0x1004, 0x1000)).isFalse();
        assertThat(allocator.allocate(0x1000, 4)).isEqualTo(0x1004);
    }

    @Test
    void whatIsNotAllocatedCannotBeFreed() {
        assertThatThrownBy(() -> allocator.free(0x1004)).isInstanceOf(IllegalStateException.class);
    }
}
