// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.testing.Waiting;

class DirtyLogTest {
    private static final int LOG_BYTES = 64;
    private static final int PAGE = 0x1000;
    private static final int USED_PAGE = (int) (TestClient.GUEST / PAGE); // of ring 0

    private RunningServer server;
    private TestClient client;
    private TestRing ring;
    private MemFd file;
    private MappedFile log;
    private long features;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        client = TestClient.acknowledged(server.path);
        features = client.ask(TestClient.GET_FEATURES).getLong(0);
        client.tell(TestClient.SET_FEATURES, TestClient.u64(features & ~TestClient.F_LOG_ALL));
        client.setMemory();
        ring = new TestRing(client, 0, 0);
        file = MemFd.create("log", LOG_BYTES, true);
        log = MappedFile.map(file.fd(), LOG_BYTES, true);
    }

    @AfterEach
    void end() {
        log.close();
        file.close();
        ring.close();
        client.close();
        server.close();
    }

    private void setBase(int bytes) throws Exception {
        assertThat(client.ask(TestClient.SET_LOG_BASE, TestClient.le(16).putLong(0, bytes), file.fd())
                        .getLong(0))
                .isZero();
    }

    private void logAll(boolean on) throws Exception {
        client.tell(TestClient.SET_FEATURES, TestClient.u64(on ? features : features & ~TestClient.F_LOG_ALL));
    }

    private void logUsed(boolean on, long address) throws Exception {
        client.tell(TestClient.SET_VRING_ADDR, ring.addr().putInt(4, on ? 1 : 0).putLong(32, address));
    }

    /** One chain goes through the ring. */
    private void pass() throws Exception {
        int taken = server.device.taken;
        ring.offer(1);
        ring.kick.signal();
        Waiting.await("the chain", () -> server.device.taken == taken + 1);
        server.ask(() -> {
            server.device.complete(0, 0);
            return true;
        });
    }

    /** Pages in the log, which is empty then. */
    private List<Integer> pages() {
        List<Integer> pages = new ArrayList<>();
        for (int page = 0; page < LOG_BYTES * 8; page++) {
            if ((log.window(0).get(page / 8) >> page % 8 & 1) != 0) {
                pages.add(page);
            }
        }
        for (int i = 0; i < LOG_BYTES; i++) {
            log.window(0).put(i, (byte) 0);
        }
        return pages;
    }

    @Test
    void nothingIsLoggedUnlessItIsWanted() throws Exception {
        logAll(true);
        ring.start(0);
        pass();
        setBase(LOG_BYTES);
        logAll(false);
        pass();
        assertThat(pages()).isEmpty();
        logAll(true);
        pass();

        assertThat(pages()).containsExactly(USED_PAGE);
    }

    @Test
    void aUsedRingIsLoggedWhereTheFrontEndSays() throws Exception {
        setBase(LOG_BYTES);
        ring.start(0);
        logUsed(true, 7L * PAGE);
        pass();
        assertThat(pages()).containsExactly(7);
        logUsed(true, 8L * PAGE - 8); // the second element is in the next page
        pass();
        assertThat(pages()).containsExactly(7, 8);
        logUsed(false, 7L * PAGE);
        pass();
        assertThat(pages()).isEmpty();
    }

    @Test
    void aRingThatStartsLoggedIsLoggedFromTheStart() throws Exception {
        setBase(LOG_BYTES);
        ring.describe(0);
        logUsed(true, 3L * PAGE);
        client.setFd(TestClient.SET_VRING_KICK, 0, ring.kick);
        ring.enable(1);

        assertThat(pages()).containsExactly(3);
    }

    @Test
    void anEventfdTellsOfNewPages() throws Exception {
        setBase(LOG_BYTES);
        ring.start(0);
        logAll(true);
        try (EventFd changed = EventFd.create();
                EventFd another = EventFd.create()) {
            client.tell(TestClient.SET_LOG_FD, TestClient.le(0), another.fd());
            client.tell(TestClient.SET_LOG_FD, TestClient.le(0), changed.fd());
            pass();
            assertThat(changed.drain()).isTrue();
            pass();
            assertThat(changed.drain()).isFalse();
            pages();
            pass();
            assertThat(changed.drain()).isTrue();
            assertThat(another.drain()).isFalse();
        }
    }

    @Test
    void aLogThatIsTooSmallIsToldOnceInTheLog() throws Exception {
        setBase(LOG_BYTES / 2);
        ring.start(0);
        logAll(true);
        pass();
        logUsed(true, 1L << 40);
        pass();
        pass();

        assertThat(pages()).isEmpty();
        assertThat(server.log.lines())
                .filteredOn(line -> line.contains("has no place"))
                .hasSize(1);
    }

    @Test
    void aLogMustBeInItsFile() throws Exception {
        client.post(TestClient.SET_LOG_BASE, TestClient.le(16).putLong(0, LOG_BYTES + 1), file.fd());
        client.awaitDisconnect();
    }

    @Test
    void theDescriptorMustBeAnEventfd() throws Exception {
        client.post(TestClient.SET_LOG_FD, TestClient.le(0), file.fd());
        client.awaitDisconnect();
    }

    @Test
    void theNextFrontEndHasNoLog() throws Exception {
        setBase(LOG_BYTES);
        logAll(true);
        client.closeConnection();
        try (TestClient next = TestClient.acknowledged(server.path)) {
            next.setMemory(client.file);
            ring.useFrom(next);
            ring.start(0);
            pass();
            assertThat(pages()).isEmpty();
        }
    }
}
