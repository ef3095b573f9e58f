// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.spi.GuestMemoryException;

class PagedMemoryTest {
    private static final long BASE = 0x8000_0000L;
    private static final int PAGE = PagedMemory.PAGE;

    private final byte[][] pages = new byte[3][PAGE];
    private final PagedMemory memory = new PagedMemory(BASE, pages);
    private final GuestRam ram = GuestRam.ofPages(BASE, pages);

    @Test
    void copiesAcrossPages() throws GuestMemoryException {
        byte[] written = new byte[PAGE + 20];
        for (int i = 0; i < written.length; i++) {
            written[i] = (byte) (i * 7 + 1);
        }
        memory.write(BASE + PAGE - 10, ByteBuffer.wrap(written));
        assertThat(ram.read(BASE + PAGE - 10, written.length)).isEqualTo(written);
        assertThat(pages[1][0]).isEqualTo(written[10]);
        ByteBuffer read = ByteBuffer.allocate(written.length);
        memory.read(BASE + PAGE - 10, read);
        assertThat(read.array()).isEqualTo(written);
        assertThat(read.hasRemaining()).isFalse();
    }

    @Test
    void theGuestSeesTheSameAcrossPages() {
        ram.put64(BASE + PAGE - 3, 0x0102_0304_0506_0708L);
        assertThat(ram.get32(BASE + PAGE - 3)).isEqualTo(0x0506_0708);
        assertThat(ram.get16(BASE + PAGE - 1)).isEqualTo(0x0506);
        assertThat(ram.get8(BASE + PAGE)).isEqualTo(0x05);
        ram.write(BASE + PAGE - 1, (byte) -1, (byte) -2);
        assertThat(ram.get16(BASE + PAGE - 1)).isEqualTo(0xfeff);
        ram.fill(BASE + PAGE - 1, 2, 9);
        assertThat(ram.get16(BASE + PAGE - 1)).isEqualTo(0x0909);
        assertThat(ram.highestBase()).isEqualTo(BASE);
        assertThat(ram.highestLength()).isEqualTo(3L * PAGE);
    }

    @Test
    void ordered16BitFieldsAreLittleEndian() throws GuestMemoryException {
        memory.storeRelease16(BASE + 2, (short) 0x80fe);
        assertThat(ram.get16(BASE + 2)).isEqualTo(0x80fe);
        assertThat(memory.loadAcquire16(BASE + 2)).isEqualTo((short) 0x80fe);
        assertThatThrownBy(() -> memory.loadAcquire16(BASE + PAGE - 1)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.storeRelease16(BASE + 1, (short) 0)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.storeRelease16(BASE - 2, (short) 0)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.loadAcquire16(BASE + 3L * PAGE)).isInstanceOf(GuestMemoryException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {BASE - 1, BASE + 3L * PAGE - 7, BASE + 3L * PAGE, 0, -1, Long.MIN_VALUE, Long.MAX_VALUE})
    void beyondMemoryIsRefused(long address) {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        assertThatThrownBy(() -> memory.read(address, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThatThrownBy(() -> memory.write(address, buffer)).isInstanceOf(GuestMemoryException.class);
        assertThat(buffer.position()).isZero();
    }
}
