// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import li.cil.sedna.api.memory.MemoryMap;
import li.cil.sedna.device.memory.Memory;
import li.cil.sedna.device.serial.UART16550A;
import li.cil.sedna.memory.SimpleMemoryMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.GuestMemoryException;

class BoardMemoryTest {
    private static final long START = 0x8000_0000L;
    private static final int BYTES = 4096;
    private static final long CONSOLE = 0x1000_0000L;

    private final MemoryMap map = new SimpleMemoryMap();
    private final BoardMemory memory = new BoardMemory(map);

    @BeforeEach
    void twoPiecesOfMemoryThatTouchAndADevice() {
        map.addDevice(START, Memory.create(BYTES));
        map.addDevice(START + BYTES, Memory.create(BYTES));
        map.addDevice(CONSOLE, new UART16550A());
    }

    @Test
    void whatIsWrittenAcrossTwoPiecesIsReadBack() throws GuestMemoryException {
        ByteBuffer written = ByteBuffer.allocate(300);
        for (int i = 0; i < 300; i++) {
            written.put(i, (byte) i);
        }
        ByteBuffer read = ByteBuffer.allocate(300);

        memory.write(START + BYTES - 100, written);
        memory.read(START + BYTES - 100, read);

        assertThat(written.hasRemaining()).isFalse();
        assertThat(read.array()).isEqualTo(written.array());
        assertThat(read.limit()).isEqualTo(300);
    }

    @Test
    void ringIndicesAreLittleEndianAndSigned() throws GuestMemoryException {
        memory.storeRelease16(START + 2, (short) 0xfedc);
        ByteBuffer bytes = ByteBuffer.allocate(2);
        memory.read(START + 2, bytes);

        assertThat(memory.loadAcquire16(START + 2)).isEqualTo((short) 0xfedc);
        assertThat(bytes.array()).containsExactly(0xdc, 0xfe);
    }

    @Test
    void theEndOfMemoryAndDevicesAreRefusedAndTheBufferIsAsBefore() {
        ByteBuffer buffer = ByteBuffer.allocate(64).position(8).limit(40);

        assertThatThrownBy(() -> memory.read(START + 2 * BYTES - 16, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.write(CONSOLE, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.read(-16, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.loadAcquire16(CONSOLE)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.storeRelease16(START + 1, (short) 0)).isInstanceOf(GuestMemoryException.class);
        assertThat(buffer.position()).isEqualTo(8);
        assertThat(buffer.limit()).isEqualTo(40);
    }
}
