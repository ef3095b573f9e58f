// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;

class SharedBitsTest {
    private final SharedBits bits = new AnnouncedMemory(new MemoryTable(), ClientRules.STANDARD).newBits();

    @Test
    void bitsBeginAnywhereInAFile() throws Exception {
        try (MemFd file = MemFd.create("bits", 8192, true);
                MappedFile all = MappedFile.map(file.fd(), 8192, true)) {
            bits.map(file.fd(), 4093, 5);

            assertThat(bits.count()).isEqualTo(40);
            assertThat(bits.set(0)).isTrue();
            assertThat(bits.set(0)).isFalse();
            assertThat(bits.set(27)).isTrue();
            assertThat(bits.set(39)).isTrue();
            assertThat(all.window(0).get(4093)).isEqualTo((byte) 1);
            assertThat(all.window(0).get(4096)).isEqualTo((byte) 8);
            assertThat(all.window(0).get(4097)).isEqualTo((byte) 0x80);
            bits.unmap();
            assertThat(bits.count()).isZero();
            assertThat(bits.set(1)).isFalse();
        }
    }

    @Test
    void anotherPieceReplacesTheFirst() throws Exception {
        try (MemFd first = MemFd.create("bits", 4096, true);
                MemFd second = MemFd.create("bits", 4096, true);
                MappedFile seen = MappedFile.map(second.fd(), 4096, true)) {
            bits.map(first.fd(), 0, 4096);
            bits.map(second.fd(), 0, 8);
            assertThat(bits.set(3)).isTrue();
            assertThat(seen.window(0).get(0)).isEqualTo((byte) 8);
            assertThatThrownBy(() -> bits.map(second.fd(), 4090, 7)).isInstanceOf(ErrnoException.class);
            assertThat(bits.count()).isZero();
        }
    }
}
