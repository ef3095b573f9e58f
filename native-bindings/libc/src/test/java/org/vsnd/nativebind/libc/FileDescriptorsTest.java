// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What kind of file a descriptor of somebody else is. */
class FileDescriptorsTest {
    @Test
    void onlyAnEventfdIsOne() throws Exception {
        try (EventFd eventFd = EventFd.create();
                TimerFd timer = TimerFd.create();
                MemFd named = MemFd.create("anon_inode:[eventfd]", 4096, false)) {
            assertThat(FileDescriptors.isEventFd(eventFd.fd())).isTrue();
            assertThat(FileDescriptors.isEventFd(timer.fd())).isFalse();
            assertThat(FileDescriptors.isEventFd(named.fd())).isFalse();
            assertThat(FileDescriptors.isEventFd(-1)).isFalse();
        }
    }

    @Test
    void fileOfMemoryIsToldFromOthers() throws Exception {
        int other = FileDescriptors.open(Path.of("/proc/self/status"));
        try (MemFd sealable = MemFd.create("sealable", 4096, true);
                MemFd unsealable = MemFd.create("unsealable", 4096, false);
                EventFd eventFd = EventFd.create()) {
            assertThat(FileDescriptors.isMemoryFile(sealable.fd())).isTrue();
            assertThat(FileDescriptors.isMemoryFile(unsealable.fd())).isTrue();
            assertThat(FileDescriptors.isMemoryFile(eventFd.fd())).isFalse();
            assertThat(FileDescriptors.isMemoryFile(other)).isFalse();
        } finally {
            FileDescriptors.close(other);
        }
        assertThat(FileDescriptors.isMemoryFile(-1)).isFalse();
    }

    @Test
    void placeForNamesIsOpenedAndNothingElse() throws Exception {
        int place = FileDescriptors.openPlace(Path.of("/proc/self"));
        assertThat(FileStatus.of(place).isRegularFile()).isFalse();
        assertThat(LibC.fcntl(place, LibC.F_GETFL, 0) & LibC.O_PATH).isNotZero();
        FileDescriptors.close(place);
        assertThatThrownBy(() -> FileDescriptors.openPlace(Path.of("/none")))
                .hasMessage("open /none: No such file or directory");
    }

    @Test
    void memoryFileThatCannotBeMadeSaysWhy() {
        assertThatThrownBy(() -> MemFd.create("x".repeat(300), 4096, false))
                .hasMessage("memfd_create: Invalid argument");
        assertThatThrownBy(() -> MemFd.create("negative", -1, false)).hasMessage("ftruncate: Invalid argument");
    }

    @Test
    void copyIsTheSameOpenFileAndSharesItsPosition() throws Exception {
        int one = FileDescriptors.open(Path.of("/proc/self/status"));
        int copy = FileDescriptors.duplicate(one);
        int other = FileDescriptors.open(Path.of("/proc/self/status"));
        try {
            assertThat(FileDescriptors.sameOpenFile(one, copy)).isTrue();
            assertThat(FileDescriptors.sameOpenFile(one, other)).isFalse();
            assertThat(FileDescriptors.position(copy)).isZero();
            assertThatThrownBy(() -> FileDescriptors.position(-1)).isInstanceOf(ErrnoException.class);
        } finally {
            FileDescriptors.close(one);
            FileDescriptors.close(copy);
            FileDescriptors.close(other);
        }
    }

    @Test
    void processIsReadyWhenItHasEnded() throws Exception {
        Process process = new ProcessBuilder("cat").start();
        int fd = FileDescriptors.ofProcess(process.pid());
        try {
            Poller poller = new Poller(1);
            poller.set(0, fd, Poller.POLLIN);
            assertThat(poller.poll(0)).isFalse();
            process.destroyForcibly();
            assertThat(poller.poll(60_000)).isTrue();
        } finally {
            FileDescriptors.close(fd);
        }
        process.waitFor();
        assertThatThrownBy(() -> FileDescriptors.ofProcess(process.pid()))
                .hasMessageContaining("watch the process " + process.pid());
    }

    @Test
    void sealedLengthNeverChanges() throws Exception {
        try (MemFd file = MemFd.create("sealed", 4096, true);
                MemFd unsealable = MemFd.create("unsealable", 4096, false)) {
            file.resize(8192);
            file.sealLength();
            assertThatThrownBy(() -> file.resize(4096)).isInstanceOf(ErrnoException.class);
            assertThatThrownBy(() -> file.resize(16_384)).isInstanceOf(ErrnoException.class);
            assertThatThrownBy(unsealable::sealLength).isInstanceOf(ErrnoException.class);
        }
    }

    @Test
    void aDiscardedFileIsEmptyForEverybody() throws Exception {
        try (MemFd file = MemFd.create("discarded", 8192, true);
                MappedFile mapped = MappedFile.map(file.fd(), 8192, true)) {
            mapped.window(0).put(5000, (byte) 7);
            file.sealLength();
            assertThat(LibC.fcntl(file.fd(), LibC.F_ADD_SEALS, 8))
                    .as("nobody can forbid it by F_SEAL_WRITE")
                    .isNegative();
            file.discard(8192);
            assertThat(mapped.window(0).get(5000)).isZero();
            assertThat(FileStatus.of(file.fd()).sizeBytes()).isEqualTo(8192);
        }
        MemFd closed = MemFd.create("closed", 4096, true);
        closed.close();
        assertThatThrownBy(() -> closed.discard(4096)).isInstanceOf(ErrnoException.class);
    }
}
