// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.testing.Waiting;

/** Ranges announced and taken away, and what the device sees of the memory. */
@DisplayName("Guest memory")
@SuppressWarnings("ByteBufferBackingArray") // every buffer here is made by allocate
class GuestMemoryTest {
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int RW = READ | WRITE;
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private RunningServer running;
    private TestClient client;
    private MemFd ram;
    private MappedFile guest;

    interface OnDevice {
        void run(GuestMemory memory) throws Exception;
    }

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer(folder);
        client = TestClient.negotiated(running.path);
        ram = MemFd.create("ram", 4 * MIB, true);
        guest = MappedFile.map(ram.fd(), 4 * MIB, true);
    }

    @AfterEach
    void stop() {
        client.close();
        running.close();
        guest.close();
        ram.close();
    }

    /** Runs something on the device thread and hands its failure back. */
    private void onDevice(OnDevice action) throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        running.front.hook = value -> {
            try {
                action.run(running.front.memory());
            } catch (Exception | AssertionError e) {
                failure.set(e);
            }
        };
        client.runHook(0);
        if (failure.get() instanceof Exception e) {
            throw e;
        }
        if (failure.get() instanceof AssertionError e) {
            throw e;
        }
    }

    private void unreachable(long address, int length) throws Exception {
        onDevice(memory -> {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            assertThatThrownBy(() -> memory.read(address, buffer)).isInstanceOf(GuestMemoryException.class);
            assertThat(buffer.position()).isZero();
            assertThatThrownBy(() -> memory.write(address, buffer)).isInstanceOf(GuestMemoryException.class);
            assertThat(buffer.position()).isZero();
        });
    }

    private static ByteBuffer pattern(int length) {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            buffer.put(i, (byte) (i * 7 + 1));
        }
        return buffer;
    }

    @Test
    void deviceAndGuestSeeEachOthersBytes() throws Exception {
        assertThat(client.map(0x10_0000, MIB, RW, MIB, ram.fd())).isZero();
        guest.window(MIB).putInt(MappedFile.indexOf(MIB + 8), 0x11223344);
        onDevice(memory -> {
            ByteBuffer in = ByteBuffer.allocate(10).position(2).limit(6);
            memory.read(0x10_0008, in);
            assertThat(in.position()).isEqualTo(6);
            assertThat(in.array()).containsExactly(0, 0, 0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0);
            ByteBuffer out = ByteBuffer.allocateDirect(3)
                    .put(0, (byte) 1)
                    .put(1, (byte) 2)
                    .put(2, (byte) 3);
            memory.write(0x10_0010, out.position(1).asReadOnlyBuffer());
            assertThat(memory.loadAcquire16(0x10_0008)).isEqualTo((short) 0x3344);
            memory.storeRelease16(0x10_0020, (short) 0xbeef);
        });
        assertThat(guest.window(0).getShort((int) MIB + 0x10)).isEqualTo((short) 0x0302);
        assertThat(guest.window(0).getShort((int) MIB + 0x20)).isEqualTo((short) 0xbeef);
        Waiting.await("one region is shown", () -> running.server.statistics().memoryRanges() == 1);
    }

    @Test
    void copiesCrossRangesThatTouch() throws Exception {
        client.map(0x1000, 0x1000, RW, 0x8000, ram.fd());
        client.map(0x2000, 0x1000, RW, 0, ram.fd());
        client.map(0x3000, 0x1000, RW, 0x20000, ram.fd());
        ByteBuffer pattern = pattern(0x1800);
        onDevice(memory -> {
            memory.write(0x1c00, pattern.duplicate());
            ByteBuffer back = ByteBuffer.allocate(0x1800);
            memory.read(0x1c00, back);
            assertThat(back.flip()).isEqualTo(pattern);
        });
        byte[] part = new byte[0x400];
        guest.window(0).get(0x8c00, part);
        assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(pattern.array(), 0, 0x400));
        guest.window(0).get(0x20000, part);
        assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(pattern.array(), 0x1400, 0x1800));
        unreachable(0x3ff0, 0x20);
        unreachable(0xfff, 2);
    }

    @Test
    void readOnlyRangesRefuseWritesAndWriteOnlyOnesReads() throws Exception {
        client.map(0x1000, 0x1000, READ, 0, ram.fd());
        client.map(0x2000, 0x1000, WRITE, 0x1000, ram.fd());
        onDevice(memory -> {
            ByteBuffer b = ByteBuffer.allocate(4);
            memory.read(0x1000, b);
            memory.loadAcquire16(0x1000);
            assertThatThrownBy(() -> memory.write(0x1000, b.clear())).isInstanceOf(GuestMemoryException.class);
            assertThatThrownBy(() -> memory.storeRelease16(0x1000, (short) 1)).isInstanceOf(GuestMemoryException.class);
            memory.write(0x2000, b.clear());
            assertThatThrownBy(() -> memory.read(0x2000, b.clear())).isInstanceOf(GuestMemoryException.class);
            assertThatThrownBy(() -> memory.loadAcquire16(0x2000)).isInstanceOf(GuestMemoryException.class);
        });
    }

    @Test
    void orderedAccessesMustBeAlignedAndInside() throws Exception {
        client.map(0x1000, 0x1000, RW, 0, ram.fd());
        client.map(0x4000, 0x1000, RW, 1, ram.fd());
        client.map(0x8000, 0x801, RW, 0, ram.fd());
        onDevice(memory -> {
            for (long address : new long[] {0x1001, 0x4000, 0x8800, 0x9000, 0xffe, -2, -1}) {
                assertThatThrownBy(() -> memory.loadAcquire16(address))
                        .as("0x%x", address)
                        .isInstanceOf(GuestMemoryException.class);
                assertThatThrownBy(() -> memory.storeRelease16(address, (short) 1))
                        .isInstanceOf(GuestMemoryException.class);
            }
        });
    }

    @Test
    void rangesWithoutFileAreNormalAndUnreachable() throws Exception {
        assertThat(client.map(0xfffc_0000L, 0x4_0000, 1, 0)).isZero();
        unreachable(0xfffc_0000L, 4);
        assertThat(client.unmap(0xfffc_0000L, 0x4_0000)).isZero();
        assertThat(running.log.lines()).isEmpty();
    }

    @Test
    void overlapsAreEexistAndImpossibleRangesEinval() throws Exception {
        client.map(0x1000, 0x2000, RW, 0, ram.fd());
        assertThat(client.map(0x2fff, 1, RW, 0, ram.fd())).isEqualTo(Errno.EEXIST);
        assertThat(client.map(0, 0x1001, RW, 0, ram.fd())).isEqualTo(Errno.EEXIST);
        assertThat(client.map(0, 0x8000, RW, 0, ram.fd())).isEqualTo(Errno.EEXIST);
        assertThat(client.map(0x1800, 0x10, RW, 0, ram.fd())).isEqualTo(Errno.EEXIST);
        assertThat(client.map(0x8000, 0, RW, 0, ram.fd())).isEqualTo(Errno.EINVAL);
        assertThat(client.map(-0x1000, 0x2000, RW, 0, ram.fd())).isEqualTo(Errno.EINVAL);
        assertThat(client.map(-0x1000, 0x1000, RW, 0, ram.fd())).isZero(); // up to the last address
        onDevice(memory -> {
            memory.read(-4, ByteBuffer.allocate(4));
            assertThatThrownBy(() -> memory.read(-4, ByteBuffer.allocate(5))).isInstanceOf(GuestMemoryException.class);
        });
        assertThat(client.map(0x3000, 0x1000, RW, 0, ram.fd())).isZero();
    }

    @Test
    void filesThatCannotServeAreRefusedWithOneLine() throws Exception {
        assertThat(client.map(0, 8 * MIB, RW, 0, ram.fd())).isEqualTo(Errno.EINVAL);
        assertThat(client.map(0, MIB, RW, 4 * MIB, ram.fd())).isEqualTo(Errno.EINVAL);
        assertThat(client.map(0, MIB, RW, -MIB, ram.fd())).isEqualTo(Errno.EINVAL);
        try (EventFd eventFd = EventFd.create()) {
            assertThat(client.map(0, MIB, RW, 0, eventFd.fd())).isEqualTo(Errno.EACCES);
        }
        assertThat(running.log.lines()).hasSize(4).allMatch(line -> line.startsWith("the file cannot be used: "));
        assertThat(client.map(0, MIB, RW, 0, ram.fd())).isZero();
    }

    @Test
    void fileOpenForReadingOnlyIsMappedForReadingOnly() throws Exception {
        int fd = FileDescriptors.open(Path.of("/proc/self/fd", String.valueOf(ram.fd())));
        assertThat(client.map(0, 0x1000, RW, 0, fd)).isZero();
        FileDescriptors.close(fd);
        onDevice(memory -> {
            memory.read(0, ByteBuffer.allocate(8));
            assertThatThrownBy(() -> memory.write(0, ByteBuffer.allocate(8))).isInstanceOf(GuestMemoryException.class);
        });
    }

    @Test
    void rangeThatWasTakenAwayIsGone() throws Exception {
        client.map(0x1000, 0x1000, RW, 0, ram.fd());
        assertThat(client.unmap(0x1000, 0x1000)).isZero();
        unreachable(0x1000, 1);
        assertThat(client.unmap(0x1000, 0x1000)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void unmapTakesWholeRangesOnly() throws Exception {
        client.map(0x1000, 0x1000, RW, 0, ram.fd());
        client.map(0x2000, 0x1000, RW, 0x1000, ram.fd());
        assertThat(client.unmap(0x1000, 0x800)).isEqualTo(Errno.ENOENT);
        assertThat(client.unmap(0x1800, 0x1800)).isEqualTo(Errno.ENOENT);
        assertThat(client.unmap(0x1000, 0x1800)).isEqualTo(Errno.ENOENT);
        assertThat(client.unmap(0x8000, 0x1000)).isEqualTo(Errno.ENOENT);
        assertThat(client.unmap(0x1000, 0)).isEqualTo(Errno.ENOENT);
        onDevice(memory -> memory.read(0x1000, ByteBuffer.allocate(0x2000)));
        assertThat(client.unmap(0x1000, 0x2000)).isZero();
        unreachable(0x1000, 1);
    }

    @Test
    void unmapAllTakesEverything() throws Exception {
        client.map(0x1000, 0x1000, RW, 0, ram.fd());
        client.map(0x8000, 0x1000, RW, 0x1000, ram.fd());
        client.unmapAll();
        unreachable(0x1000, 1);
        unreachable(0x8000, 1);
        Waiting.await("no region is shown", () -> running.server.statistics().memoryRanges() == 0);
    }

    @Test
    void firmwareRemapsKeepTheSameBytesAndMapWhatIsThere() throws Exception {
        long size = 4 * MIB;
        guest.window(0).putInt(0xd_0000, 0x600df00d);
        client.map(0, 0xa_0000, RW, 0, ram.fd());
        client.map(0xc_0000, size - 0xc_0000, RW, 0xc_0000, ram.fd());
        for (int i = 0; i < 20; i++) {
            assertThat(client.unmap(0, 0xa_0000)).isZero();
            assertThat(client.unmap(0xc_0000, size - 0xc_0000)).isZero();
            assertThat(client.map(0, size, RW, 0, ram.fd())).isZero();
            onDevice(memory -> assertThat(memory.loadAcquire16(0xd_0002)).isEqualTo((short) 0x600d));
            assertThat(client.unmap(0, size)).isZero();
            client.map(0, 0xa_0000, RW, 0, ram.fd());
            client.map(0xc_0000, 0x1_0000, READ, 0xc_0000, ram.fd());
            client.map(0xd_0000, size - 0xd_0000, RW, 0xd_0000, ram.fd());
            onDevice(memory -> assertThat(memory.loadAcquire16(0xd_0000)).isEqualTo((short) 0xf00d));
            assertThat(mappings("/memfd:ram"))
                    .as("three ranges with two gaps, and the test's own")
                    .isEqualTo(4);
            client.unmap(0xc_0000, 0x1_0000);
            client.unmap(0xd_0000, size - 0xd_0000);
            client.map(0xc_0000, size - 0xc_0000, RW, 0xc_0000, ram.fd());
        }
    }

    @Test
    void memoryFileIsSealedAgainstShrinking() throws Exception {
        client.map(0, 4 * MIB, RW, 0, ram.fd());
        assertThatThrownBy(() -> ram.resize(MIB)).isInstanceOf(IOException.class);
        ram.resize(8 * MIB); // growing stays possible, and is mapped when asked for
        assertThat(client.map(4 * MIB, 4 * MIB, RW, 4 * MIB, ram.fd())).isZero();
        onDevice(memory -> memory.write(4 * MIB - 8, ByteBuffer.allocate(16)));
    }

    @Test
    void windowsOfOneGibibyteAreCrossed() throws Exception {
        long gib = 1L << 30;
        try (MemFd big = MemFd.create("big", 3 * gib, true)) {
            assertThat(client.map(4 * gib, 3 * gib, RW, 0, big.fd())).isZero();
            ByteBuffer pattern = pattern(0x2000);
            onDevice(memory -> {
                memory.write(5 * gib - 0x1000, pattern.duplicate());
                memory.write(7 * gib - 0x2000, pattern.duplicate());
                ByteBuffer back = ByteBuffer.allocate(0x2000);
                memory.read(5 * gib - 0x1000, back);
                assertThat(back.flip()).isEqualTo(pattern);
                assertThatThrownBy(() -> memory.read(7 * gib - 0x1000, back.clear()))
                        .isInstanceOf(GuestMemoryException.class);
            });
        }
    }

    @Test
    void clientsMemoryIsGoneWithTheClient() throws Exception {
        client.map(0, 4 * MIB, RW, 0, ram.fd());
        client.close();
        Waiting.await("client gone", () -> !running.server.statistics().clientConnected());
        assertThat(mappings("/memfd:ram")).as("the test's own").isOne();
        client = TestClient.negotiated(running.path);
        unreachable(0, 4);
        assertThat(client.map(0, 4 * MIB, RW, 0, ram.fd())).isZero();
    }

    private static long mappings(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(name))
                .count();
    }
}
