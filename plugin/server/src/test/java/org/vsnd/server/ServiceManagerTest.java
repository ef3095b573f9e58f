// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixDatagrams;

class ServiceManagerTest {
    private String address;
    private UnixDatagrams inbox;
    private EventLoop loop;
    private EventFd eventFd;
    private final ReceivedFds fds = new ReceivedFds();

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        address = folder.resolve("notify").toString();
        inbox = UnixDatagrams.at(address);
        loop = new EventLoop();
        eventFd = EventFd.create();
    }

    @AfterEach
    void end() {
        fds.closeAll();
        eventFd.close();
        loop.close();
        inbox.close();
    }

    private List<String> received() throws ErrnoException {
        List<String> all = new ArrayList<>();
        for (String text = inbox.receive(fds); !text.isEmpty(); text = inbox.receive(fds)) {
            all.add(text);
        }
        return all;
    }

    private DescriptorStore store(Map<String, Integer> left) {
        return Objects.requireNonNull(new ServiceManager(address, left).store("vsndkept-1-", loop));
    }

    @Test
    void storesAndRemoves() throws Exception {
        try (DescriptorStore store = store(Map.of())) {
            assertThat(store.store("vsndkept-1-1", eventFd.fd())).isTrue();
            assertThat(received()).containsExactly("FDSTORE=1\nFDNAME=vsndkept-1-1\nFDPOLL=0");
            assertThat(FileDescriptors.sameOpenFile(fds.get(0), eventFd.fd())).isTrue();
            store.remove("vsndkept-1-1");
            assertThat(received()).containsExactly("FDSTOREREMOVE=1\nFDNAME=vsndkept-1-1");
        }
    }

    @Test
    void waitsForRoomAndKeepsTheOrder() throws Exception {
        try (DescriptorStore store = store(Map.of())) {
            int sent = 0;
            while (store.store("vsndkept-1-" + sent, eventFd.fd())) {
                sent++;
            }
            store.remove("vsndkept-1-0");
            store.remove("vsndkept-1-1");
            assertThat(store.store("vsndkept-1-x", eventFd.fd())).isFalse();
            assertThat(received()).hasSize(sent);
            loop.turn();
            assertThat(received())
                    .containsExactly("FDSTOREREMOVE=1\nFDNAME=vsndkept-1-0", "FDSTOREREMOVE=1\nFDNAME=vsndkept-1-1");
            assertThat(store.store("vsndkept-1-x", eventFd.fd())).isTrue();
        }
    }

    @Test
    void eachCardGetsItsOwnAndTheRestIsDropped() throws Exception {
        int own = FileDescriptors.duplicate(eventFd.fd());
        int other = FileDescriptors.duplicate(eventFd.fd());
        ServiceManager manager = new ServiceManager(address, Map.of("vsndkept-1-5", own, "vsndkept-2-1", other));
        try (DescriptorStore store = Objects.requireNonNull(manager.store("vsndkept-1-", loop))) {
            assertThat(store.left()).containsExactly("vsndkept-1-5");
            assertThat(store.take("vsndkept-1-5")).isEqualTo(own);
            assertThat(store.left()).isEmpty();
            assertThatThrownBy(() -> store.take("vsndkept-1-5")).isInstanceOf(IllegalArgumentException.class);
            manager.ready();
            assertThat(received()).containsExactly("READY=1", "FDSTOREREMOVE=1\nFDNAME=vsndkept-2-1");
            manager.stopping();
            manager.handOver();
            assertThat(received()).containsExactly("STOPPING=1", "HANDOVER=1");
            FileDescriptors.close(own);
        }
    }

    @Test
    void aManagerWithoutTimeIsToldOfTheStartLater() throws Exception {
        try (UnixDatagrams full = UnixDatagrams.to(address)) {
            while (full.send("x")) {
                // until there is no room
            }
        }
        Thread thread = new Thread(new ServiceManager(address, Map.of())::ready);
        thread.start();
        Thread.sleep(20);
        List<String> all = received();
        thread.join();
        all.addAll(received());
        assertThat(all).endsWith("READY=1");
    }

    @Test
    void aManagerThatIsGoneKeepsNothing() throws Exception {
        try (DescriptorStore store = store(Map.of())) {
            inbox.close();
            assertThatThrownBy(() -> store.store("vsndkept-1-1", eventFd.fd())).isInstanceOf(ErrnoException.class);
            store.remove("vsndkept-1-1");
        }
        ServiceManager gone = new ServiceManager(address, Map.of());
        assertThat(gone.store("vsndkept-1-", loop)).isNull();
        gone.ready();
        gone.stopping();
    }

    @Test
    void withoutAManagerNothingIsSaid() {
        assertThat(ServiceManager.NONE.store("vsndkept-1-", loop)).isNull();
        ServiceManager.NONE.ready();
        ServiceManager.NONE.stopping();
        assertThat(new ServiceManager("", Map.of()).store("vsndkept-1-", loop)).isNull();
    }
}
