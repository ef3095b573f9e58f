// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

class FlatMemoryTest {
    private static final long BASE = 1L << 32;
    private static final int LENGTH = 0x1000;

    @Test
    void deviceAndProcessorSeeTheSameBytes() throws Exception {
        FlatMemory memory = FlatMemory.open(BASE, LENGTH);
        memory.ram().write(BASE + 4, (byte) 1, (byte) 2);
        ByteBuffer read = ByteBuffer.allocate(2);
        memory.read(BASE + 4, read);
        assertThat(read.array()).containsExactly(1, 2);
        memory.write(BASE + LENGTH - 2, ByteBuffer.wrap(new byte[] {3, 4}));
        assertThat(memory.ram().get16(BASE + LENGTH - 2)).isEqualTo(0x0403);
        memory.storeRelease16(BASE + 8, (short) 0x1234);
        assertThat(memory.loadAcquire16(BASE + 8)).isEqualTo((short) 0x1234);
        assertThat(memory.bytesWritten()).isEqualTo(4);
    }

    @Test
    void whatIsNotMemoryIsRefused() {
        FlatMemory memory = FlatMemory.open(BASE, LENGTH);
        for (long address : new long[] {0, BASE - 1, BASE + LENGTH - 1, -1}) {
            assertThatThrownBy(() -> memory.read(address, ByteBuffer.allocate(2)))
                    .isInstanceOf(GuestMemoryException.class);
        }
        assertThatThrownBy(() -> memory.loadAcquire16(BASE + 1)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.storeRelease16(BASE + 1, (short) 0)).isInstanceOf(GuestMemoryException.class);
        assertThat(memory.violations()).isEmpty();
    }

    @Test
    void theGuardRefusesAndRecordsWhatWasNotOfferedOrNoLonger() throws Exception {
        FlatMemory memory = FlatMemory.guarded(BASE, LENGTH);
        memory.offer(BASE, 4, false);
        memory.read(BASE, ByteBuffer.allocate(4));
        assertThatThrownBy(() -> memory.write(BASE, ByteBuffer.allocate(1))).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.read(BASE, ByteBuffer.allocate(5))).isInstanceOf(GuestMemoryException.class);
        memory.withdraw(BASE, 4);
        assertThatThrownBy(() -> memory.read(BASE, ByteBuffer.allocate(1))).isInstanceOf(GuestMemoryException.class);
        assertThat(memory.violations())
                .hasSize(3)
                .first()
                .asString()
                .isEqualTo("write of 1 bytes at 0x100000000: byte 0 is not the device's");
    }

    @Test
    void whereThereIsNoOtherMemoryAnAddressBeyondItIsRecorded() {
        FlatMemory memory = FlatMemory.guardedAlone(BASE, LENGTH);
        assertThatThrownBy(() -> memory.read(0, ByteBuffer.allocate(1))).isInstanceOf(GuestMemoryException.class);
        assertThat(memory.violations()).containsExactly("read of 1 bytes at 0x0: there is no memory");
    }
}
