// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.spi.GuestMemoryException;

class SharedAreaTest {
    @Test
    void aReplyBringsADescriptor(@TempDir Path folder) throws Exception {
        try (RunningServer running = new RunningServer(folder);
                TestClient client = TestClient.negotiated(running.path);
                MemFd file = MemFd.create("passed", 4096, true)) {
            running.front.passed = file.fd();
            assertThat(client.call(FakeProtocol.PASS, TestClient.le(0))).isZero();
            assertThat(client.fds().count()).isOne();
            assertThat(FileStatus.of(client.fds().get(0)).sameFile(FileStatus.of(file.fd())))
                    .isTrue();
            assertThat(client.call(FakeProtocol.REMOVE_ALL, TestClient.le(0))).isZero();
            assertThat(client.fds().count()).isZero();
        }
    }

    @Test
    void anAreaIsAPieceOfAFile() throws Exception {
        SharedArea area = new AnnouncedMemory(new MemoryTable(), ClientRules.STANDARD).newArea();
        try (MemFd file = MemFd.create("area", 8192, true)) {
            MappedFile all = MappedFile.map(file.fd(), 8192, true);
            all.window(0).putShort(4100, (short) 7);
            area.map(file.fd(), 4096, 4096);

            assertThat(area.size()).isEqualTo(4096);
            assertThat(area.memory().loadAcquire16(4)).isEqualTo((short) 7);
            area.memory().storeRelease16(4094, (short) 9);
            assertThat(all.window(0).getShort(8190)).isEqualTo((short) 9);
            assertThatThrownBy(() -> area.memory().loadAcquire16(4096)).isInstanceOf(GuestMemoryException.class);
            area.unmap();
            assertThat(area.size()).isZero();
            assertThatThrownBy(() -> area.memory().loadAcquire16(4)).isInstanceOf(GuestMemoryException.class);
            all.close();
        }
    }

    @Test
    void onlyOnesOwnFileMayBeOfAnyKind(@TempDir Path folder) throws Exception {
        Path disk = Files.write(folder.resolve("disk"), new byte[4096]);
        int fd = FileDescriptors.openForUpdate(disk);
        try {
            SharedArea own = SharedArea.ofOwnFile();
            own.map(fd, 0, 4096);
            own.memory().storeRelease16(0, (short) 0x4241);
            own.unmap();
            assertThat(Files.readString(disk)).startsWith("AB");
            SharedArea theirs = new AnnouncedMemory(new MemoryTable(), ClientRules.STANDARD).newArea();
            if (!FileDescriptors.isMemoryFile(fd)) { // not on a disk in memory
                assertThatThrownBy(() -> theirs.map(fd, 0, 4096)).isInstanceOf(ErrnoException.class);
            }
        } finally {
            FileDescriptors.close(fd);
        }
    }
}
