// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.testing.Waiting;

/** What one client may map, and that another card's client never feels it. */
@DisplayName("A client's mappings have a budget")
class MemoryBudgetTest {
    private static final int READ = 1;
    private static final int RW = 3;
    private static final long PAGE = 0x1000;
    private static final long MIB = 1 << 20;
    private static final long TIB = 1L << 40;
    /** More than a kernel of 47 bits can map twice. */
    private static final long HUGE = 1L << 46;

    @TempDir
    Path folder;

    private final List<MemFd> files = new ArrayList<>();
    private RunningServer greedy;
    private RunningServer other;
    private TestClient client;

    @BeforeEach
    void start() throws Exception {
        greedy = new RunningServer(folder, "greedy", false);
        other = new RunningServer(folder, "other", false);
        client = TestClient.negotiated(greedy.path);
    }

    @AfterEach
    void stop() throws Exception {
        otherCardsClientHasMemory();
        client.close();
        Waiting.await("gone", () -> !greedy.server.statistics().clientConnected());
        assertThat(greedy.server.statistics().mappings()).isZero();
        assertThat(greedy.server.statistics().mappedBytes()).isZero();
        assertThat(mappings()).isZero();
        greedy.close();
        other.close();
        files.forEach(MemFd::close);
    }

    private MemFd file(long sizeBytes) throws IOException {
        MemFd file = MemFd.create("greedy", sizeBytes, true);
        files.add(file);
        return file;
    }

    private void otherCardsClientHasMemory() throws Exception {
        try (MemFd ram = MemFd.create("other", MIB, true);
                TestClient neighbour = TestClient.negotiated(other.path)) {
            assertThat(neighbour.map(0, MIB, RW, 0, ram.fd())).isZero();
            other.front.hook = value -> other.front.memory().storeRelease16(0, (short) value);
            neighbour.runHook(7);
        }
        Waiting.await("gone", () -> !other.server.statistics().clientConnected());
    }

    /** What is shown of a request may come a moment after its answer. */
    private void awaitShown(long mappings) throws InterruptedException {
        Waiting.await(
                mappings + " mappings are shown",
                () -> greedy.server.statistics().mappings() == mappings);
    }

    private static long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("/memfd:greedy"))
                .count();
    }

    private static long addressSpaceBytes() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm"));
        return Long.parseLong(pages.substring(0, pages.indexOf(' '))) * PAGE;
    }

    @Test
    @DisplayName("files beyond a few hundred are refused, the kernel's limit for the process is far away")
    void mappingsOfAClientAreBounded() throws Exception {
        long most = CardBudget.STANDARD.most(Limit.MAPPINGS);
        int errno = 0;
        int mapped = 0;
        for (; errno == 0 && mapped <= 1000; mapped++) {
            try (MemFd file = MemFd.create("greedy", PAGE, true)) {
                errno = client.map(mapped * PAGE, PAGE, RW, 0, file.fd());
            }
        }
        assertThat(errno).isEqualTo(Errno.ENOSPC);
        assertThat(mapped - 1).isEqualTo((int) most).isBetween(256, 1000);
        awaitShown(most);
        client.unmap(0, PAGE);
        assertThat(client.map(0, PAGE, RW, 0, file(PAGE).fd()))
                .as("what was given back can be had again")
                .isZero();
    }

    @Test
    @DisplayName("a file that can only be read is mapped once however often it is asked for")
    void readOnlyFileIsMappedOnce() throws Exception {
        int fd = FileDescriptors.open(
                Path.of("/proc/self/fd", String.valueOf(file(PAGE).fd())));
        for (int i = 0; i < 300; i++) {
            assertThat(client.map(i * PAGE, PAGE, RW, 0, fd)).isZero();
        }
        FileDescriptors.close(fd);
        assertThat(mappings()).isOne();
    }

    private static int readOnly(MemFd file) throws IOException {
        return FileDescriptors.open(Path.of("/proc/self/fd", String.valueOf(file.fd())));
    }

    @Test
    @DisplayName(
            "a descriptor that can be written is written to, though one of the same file came before that can only be read")
    void writableDescriptorAfterAReadOnlyOneIsWritten() throws Exception {
        MemFd file = file(PAGE);
        int readOnly = readOnly(file);
        assertThat(client.map(0, PAGE, RW, 0, readOnly)).isZero();
        FileDescriptors.close(readOnly);
        assertThat(client.map(PAGE, PAGE, RW, 0, file.fd())).isZero();
        short[] read = new short[1];
        greedy.front.hook = value -> {
            greedy.front.memory().storeRelease16(PAGE, (short) value);
            read[0] = greedy.front.memory().loadAcquire16(0);
        };
        client.runHook(0x1234);
        assertThat(read[0]).isEqualTo((short) 0x1234);
    }

    @Test
    @DisplayName(
            "a descriptor that can only be read is taken though it follows one of the same file that can be written")
    void readOnlyDescriptorAfterAWritableOneIsTaken() throws Exception {
        MemFd file = file(2 * PAGE);
        int readOnly = readOnly(file);
        assertThat(client.map(0, PAGE, RW, 0, file.fd())).isZero();
        assertThat(client.map(PAGE, PAGE, RW, PAGE, readOnly)).isZero();
        FileDescriptors.close(readOnly);
        awaitShown(2);
    }

    @Test
    @DisplayName("a mapping that an error has left without a user ends with its client")
    void nothingIsLeftAfterClear() throws Exception {
        GuestFiles guestFiles = new GuestFiles(ClientRules.STANDARD);
        SharedMapping lost = guestFiles.acquire(file(PAGE).fd(), 0, PAGE, true);
        guestFiles.acquire(file(PAGE).fd(), 0, PAGE, true);
        assertThat(mappings()).isEqualTo(2);
        guestFiles.clear();
        assertThat(mappings()).isZero();
        assertThat(guestFiles.size()).isZero();
        assertThat(guestFiles.mappedBytes()).isZero();
        assertThat(lost.file().lengthBytes()).isEqualTo(PAGE);
        guestFiles.acquire(file(PAGE).fd(), 0, PAGE, true);
        guestFiles.clear();
    }

    @Test
    @DisplayName("a range that ends at the last offset of all is refused, not taken for one that is mapped already")
    void rangeAtTheEndOfAllOffsetsIsRefused() throws Exception {
        MemFd file = file(Long.MAX_VALUE);
        assertThat(client.map(0, PAGE, RW, 0, file.fd())).isZero();
        assertThat(client.map(PAGE, PAGE - 1, RW, Long.MAX_VALUE - PAGE + 1, file.fd()))
                .isEqualTo(Errno.EINVAL);
    }

    @Test
    @DisplayName("of a huge file only the range that was asked for takes address space")
    void onlyWhatIsAskedForIsMapped() throws Exception {
        long before = addressSpaceBytes();
        for (int i = 0; i < 4; i++) {
            assertThat(client.map(i * PAGE, PAGE, RW, HUGE / 2, file(HUGE).fd()))
                    .isZero();
        }
        assertThat(addressSpaceBytes() - before).isLessThan(TIB);
    }

    @Test
    @DisplayName("address space beyond the budget is refused, in one range or in several")
    void addressSpaceIsBounded() throws Exception {
        long before = addressSpaceBytes();
        assertThat(client.map(0, HUGE, RW, 0, file(HUGE).fd())).isEqualTo(Errno.ENOMEM);
        int errno = 0;
        int mapped = 0;
        for (; errno == 0 && mapped < 100; mapped++) {
            errno = client.map(mapped * TIB / 2, TIB / 2, RW, 0, file(TIB / 2).fd());
        }
        assertThat(errno).isEqualTo(Errno.ENOMEM);
        assertThat(mapped - 1).isEqualTo(2);
        assertThat(addressSpaceBytes() - before).isLessThan(2 * TIB);
    }

    @Test
    @DisplayName("ranges that follow each other in one file, as memory plugged in block by block, share a mapping")
    void blocksOfOneFileShareAMapping() throws Exception {
        long blocks = 1024;
        MemFd file = file(blocks * PAGE);
        for (long i = 0; i < blocks; i += 2) { // upwards, and then downwards into the gaps
            assertThat(client.map(i * PAGE, PAGE, RW, i * PAGE, file.fd()))
                    .as("block " + i)
                    .isEqualTo(i / 2 < CardBudget.STANDARD.most(Limit.MAPPINGS) ? 0 : Errno.ENOSPC);
        }
        client.unmapAll();
        for (long i = 0; i < blocks; i++) {
            long block = i < blocks / 2 ? blocks / 2 + i : blocks - 1 - i;
            assertThat(client.map(block * PAGE, PAGE, RW, block * PAGE, file.fd()))
                    .isZero();
        }
        assertThat(mappings()).isOne();
        Waiting.await("all blocks are counted", () -> greedy.server.statistics().mappedBytes() == blocks * PAGE);
        ByteBuffer word = ByteBuffer.allocate(2);
        greedy.front.hook = value -> {
            greedy.front.memory().storeRelease16(value, (short) 0x1234);
            greedy.front.memory().read(value, word.clear());
        };
        for (long block : new long[] {0, 1, blocks / 2 - 1, blocks / 2, blocks - 1}) {
            client.runHook(block * PAGE);
            assertThat(word.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {0x34, 0x12}));
        }
        client.unmap(0, blocks * PAGE / 2);
        client.runHook(blocks * PAGE - PAGE);
        assertThat(word.flip().get(0)).isEqualTo((byte) 0x34);
    }

    @Test
    @DisplayName("ranges without a file have a budget too")
    void rangesAreBounded() throws Exception {
        long most = CardBudget.STANDARD.most(Limit.DMA_RANGES);
        for (int i = 0; i < most; i++) {
            assertThat(client.map(2L * i * PAGE, PAGE, RW, 0)).isZero();
        }
        assertThat(client.map(2 * most * PAGE, PAGE, RW, 0)).isEqualTo(Errno.ENOSPC);
        client.unmap(0, PAGE);
        assertThat(client.map(PAGE, PAGE, RW, 0)).isZero();
    }

    @Test
    @DisplayName("a file whose pages come from elsewhere than memory is refused unless the operator takes it")
    void fileThatIsNotOfMemoryIsRefused() throws Exception {
        int fd = FileDescriptors.open(Path.of(System.getProperty("java.home"), "lib", "modules"));
        assertThat(client.map(0, PAGE, READ, 0, fd)).isEqualTo(Errno.EACCES);
        assertThat(greedy.log.lines()).singleElement().asString().contains("--any-memory-file");
        Path path = folder.resolve("any");
        ClientRules anyFile = new ClientRules(CardBudget.STANDARD, true);
        try (DeviceServer server =
                new DeviceServer(Endpoint.file(path, SocketAccess.OWNER_ONLY), anyFile, FakeProtocol::new)) {
            Thread thread = new Thread(() -> server.run(true), "any");
            thread.start();
            try (TestClient trusted = TestClient.negotiated(path)) {
                assertThat(trusted.map(0, PAGE, READ, 0, fd)).isZero();
            }
            thread.join(10_000);
        }
        FileDescriptors.close(fd);
    }
}
