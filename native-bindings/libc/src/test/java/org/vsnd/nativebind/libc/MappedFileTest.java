// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
    private static final long GIB = 1L << 30;

    @Test
    void windowsCoverTheWholeFileLittleEndian() throws Exception {
        try (MemFd file = MemFd.create("big", 2 * GIB + 12_288, false);
                MappedFile mapped = MappedFile.map(file.fd(), 2 * GIB + 12_288, true)) {
            assertThat(mapped.lengthBytes()).isEqualTo(2 * GIB + 12_288);
            assertThat(mapped.writable()).isTrue();
            assertThat(mapped.window(0).capacity()).isEqualTo((int) GIB);
            assertThat(mapped.window(GIB - 1)).isSameAs(mapped.window(0));
            assertThat(mapped.window(GIB)).isNotSameAs(mapped.window(0));
            assertThat(mapped.window(2 * GIB).capacity()).isEqualTo(12_288);
            assertThat(mapped.window(2 * GIB).order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(MappedFile.indexOf(2 * GIB + 5)).isEqualTo(5);
            assertThat(mapped.bytesToWindowEnd(GIB - 3)).isEqualTo(3);
            assertThat(mapped.bytesToWindowEnd(2 * GIB + 5)).isEqualTo(12_283);
            mapped.window(2 * GIB).putInt(8, 0x01020304);
            try (MappedFile second = MappedFile.map(file.fd(), 2 * GIB + 12_288, false)) {
                assertThat(second.window(2 * GIB).get(8)).isEqualTo((byte) 4);
                assertThat(second.writable()).isFalse();
            }
        }
    }

    @Test
    void aBitIsSetBesideOthersUnlessItsPageIsGone() throws Exception {
        try (MemFd file = MemFd.create("bits", 8192, false);
                MappedFile mapped = MappedFile.map(file.fd(), 8192, true)) {
            mapped.window(0).put(4094, (byte) 0x11);
            for (int offset = 4092; offset < 4096; offset++) {
                assertThat(mapped.setBit(offset, offset - 4090)).isTrue();
            }
            assertThat(mapped.setBit(4095, 5)).isTrue();
            assertThat(mapped.window(0).getInt(4092)).isEqualTo(0x2011_0804 | 0x0010_0000);
            file.resize(4096);

            assertThat(mapped.setBit(4096, 0)).isFalse();
            assertThat(mapped.setBit(4091, 7)).isTrue();
            assertThat(mapped.window(0).get(4091)).isEqualTo((byte) 0x80);
        }
    }

    @Test
    void nothingIsLeftAfterClose() throws Exception {
        try (MemFd file = MemFd.create("vsnd-closed", 4096, false)) {
            MappedFile mapped = MappedFile.map(file.fd(), 4096, true);
            mapped.close();
            mapped.close();
            assertThat(Files.readAllLines(Path.of("/proc/self/maps"))).noneMatch(line -> line.contains("vsnd-closed"));
            assertThatThrownBy(() -> mapped.window(0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void whatCannotBeMappedSaysWhy() {
        assertThatThrownBy(() -> MappedFile.map(-1, 4096, true)).hasMessage("map 4096 bytes: Bad file descriptor");
        assertThatThrownBy(() -> MappedFile.map(0, 0, true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void statusNamesTheFileAndItsLength(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("f"), new byte[1234]);
        FileStatus status = FileStatus.of(file);
        assertThat(status.sizeBytes()).isEqualTo(1234);
        assertThat(status.inode()).isEqualTo(((Number) Files.getAttribute(file, "unix:ino")).longValue());
        assertThat(status.mode()).isEqualTo(Files.getAttribute(file, "unix:mode"));
        assertThat(status.isRegularFile()).isTrue();
        Path link = Files.createLink(folder.resolve("link"), file);
        assertThat(FileStatus.of(link).sameFile(status)).isTrue();
        assertThat(FileStatus.of(folder).sameFile(status)).isFalse();
        assertThatThrownBy(() -> FileStatus.of(folder.resolve("none")))
                .hasMessageEndingWith("none: No such file or directory");
    }

    @Test
    void sealedFileCannotShrink() throws Exception {
        try (MemFd file = MemFd.create("sealed", 8192, true);
                MemFd unsealable = MemFd.create("unsealable", 8192, false);
                EventFd other = EventFd.create()) {
            assertThat(FileDescriptors.sealAgainstShrinking(file.fd())).isTrue();
            assertThat(FileDescriptors.sealAgainstShrinking(file.fd()))
                    .as("again")
                    .isTrue();
            assertThat(FileDescriptors.sealAgainstShrinking(unsealable.fd())).isFalse();
            assertThat(FileDescriptors.sealAgainstShrinking(other.fd())).isFalse();
            assertThatThrownBy(() -> file.resize(4096)).hasMessage("ftruncate: Operation not permitted");
            unsealable.resize(4096);
            int copy = FileDescriptors.duplicate(file.fd());
            assertThat(FileStatus.of(copy).sizeBytes()).isEqualTo(8192);
            FileDescriptors.close(copy);
            assertThatThrownBy(() -> FileDescriptors.duplicate(-1)).isInstanceOf(ErrnoException.class);
        }
    }
}
