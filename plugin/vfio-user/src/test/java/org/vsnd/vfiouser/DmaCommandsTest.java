// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.vfiouser.TestClient.le;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.testing.Waiting;
import org.vsnd.vfiouser.TestClient.Answer;

/** DMA_MAP and DMA_UNMAP on the wire. */
@DisplayName("VFIO-USER 2.2, 2.3, 7.6, 9")
class DmaCommandsTest {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int RW = READ | WRITE;
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private RunningServer running;
    private TestClient client;
    private MemFd ram;

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer(folder);
        client = TestClient.negotiated(running.path);
        ram = MemFd.create("ram", 4 * MIB, true);
    }

    @AfterEach
    void stop() {
        client.close();
        running.close();
        ram.close();
    }

    /** Whether the device can load from an address, and store to it. */
    private String access(long address) throws Exception {
        StringBuilder seen = new StringBuilder();
        running.function.hook = value -> {
            GuestMemory memory = running.function.host.memory();
            try {
                memory.loadAcquire16(address);
                seen.append('r');
            } catch (GuestMemoryException e) {
                seen.append('-');
            }
            try {
                memory.storeRelease16(address, (short) 0);
                seen.append('w');
            } catch (GuestMemoryException e) {
                seen.append('-');
            }
        };
        client.runHook(0);
        return seen.toString();
    }

    @Test
    void flagsSayWhatTheDeviceMayDo() throws Exception {
        assertThat(client.map(0x1000, 0x1000, RW, 0, ram.fd()).length()).isEqualTo(16);
        client.map(0x2000, 0x1000, READ, 0x1000, ram.fd());
        client.map(0x3000, 0x1000, WRITE, 0x2000, ram.fd());
        client.map(0x4000, 0x1000, 0, 0x3000, ram.fd());
        assertThat(access(0x1000)).isEqualTo("rw");
        assertThat(access(0x2000)).isEqualTo("r-");
        assertThat(access(0x3000)).isEqualTo("-w");
        assertThat(access(0x4000)).isEqualTo("--");
        Waiting.await("four ranges are shown", () -> running.server.statistics().memoryRanges() == 4);
    }

    @Test
    void rangesWithoutFileAreNormalAndUnreachable() throws Exception {
        assertThat(client.map(0xfffc_0000L, 0x4_0000, READ, 0).errno()).isZero();
        assertThat(access(0xfffc_0000L)).isEqualTo("--");
        assertThat(client.unmap(0xfffc_0000L, 0x4_0000, 0).errno()).isZero();
        assertThat(running.log.lines()).isEmpty();
    }

    @Test
    void refusalsAreErrorsWithOneLineEach() throws Exception {
        client.map(0x1000, 0x2000, RW, 0, ram.fd());
        assertThat(client.map(0x2fff, 1, RW, 0, ram.fd()).errno()).isEqualTo(Errno.EEXIST);
        assertThat(client.map(0x8000, 0, RW, 0, ram.fd()).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.map(-0x1000, 0x2000, RW, 0, ram.fd()).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.unmap(0x2000, 0x1000, 0).errno()).isEqualTo(Errno.ENOENT);
        assertThat(running.log.lines())
                .containsExactly(
                        "DMA_MAP of 0x2fff, 0x1 bytes refused: error 17",
                        "DMA_MAP of 0x8000, 0x0 bytes refused: error 22",
                        "DMA_MAP of 0xfffffffffffff000, 0x2000 bytes refused: error 22",
                        "DMA_UNMAP of 0x2000, 0x1000 bytes refused: no such range");
    }

    @Test
    void filesThatCannotServeAreRefusedWithOneLine() throws Exception {
        assertThat(client.map(0, 8 * MIB, RW, 0, ram.fd()).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.map(0, MIB, RW, 4 * MIB, ram.fd()).errno()).isEqualTo(Errno.EINVAL);
        try (EventFd eventFd = EventFd.create()) {
            assertThat(client.map(0, MIB, RW, 0, eventFd.fd()).errno()).isEqualTo(Errno.EACCES);
        }
        assertThat(running.log.lines()).hasSize(3).allMatch(line -> line.startsWith("the guest memory file for 0x0, "));
        assertThat(client.map(0, MIB, RW, 0, ram.fd(), ram.fd()).errno()).isEqualTo(Errno.EINVAL);
        assertThat(client.map(0, MIB, RW, 0, ram.fd()).errno()).isZero();
    }

    @Test
    void unmapReplyRepeatsTheRequestAndTheRangeIsGone() throws Exception {
        client.map(0x1000, 0x1000, RW, 0, ram.fd());
        Answer answer = client.unmap(0x1000, 0x1000, 0);
        assertThat(answer.length()).isEqualTo(40);
        assertThat(answer.payload())
                .isEqualTo(le(24).putInt(0, 24).putLong(8, 0x1000).putLong(16, 0x1000));
        assertThat(access(0x1000)).isEqualTo("--");
        assertThat(client.unmap(0x1000, 0x1000, 0).errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void unmapAllTakesEverything() throws Exception {
        client.map(0x1000, 0x1000, RW, 0, ram.fd());
        client.map(0x8000, 0x1000, RW, 0x1000, ram.fd());
        assertThat(client.unmap(0, 0, 2).length()).isEqualTo(40);
        assertThat(access(0x1000)).isEqualTo("--");
        assertThat(access(0x8000)).isEqualTo("--");
        Waiting.await("no range is shown", () -> running.server.statistics().memoryRanges() == 0);
    }
}
