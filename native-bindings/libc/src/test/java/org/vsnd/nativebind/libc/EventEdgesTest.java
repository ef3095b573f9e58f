// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Signals of others, who may read from their eventfd or never do so. */
class EventEdgesTest {
    @Test
    @DisplayName("a signal is told of once, and the count stays for those who read it")
    void signalIsToldOfOnceAndTheCountStays() throws Exception {
        try (EventEdges edges = EventEdges.create();
                EventFd eventFd = EventFd.create()) {
            Poller poller = new Poller(1);
            poller.set(0, edges.fd(), Poller.POLLIN);
            edges.add(eventFd);
            assertThat(edges.take()).isFalse();
            assertThat(poller.poll(0)).isFalse();
            for (int i = 0; i < 3; i++) {
                eventFd.signal();
                assertThat(poller.poll(0)).isTrue();
                assertThat(edges.take()).isTrue();
                assertThat(edges.take()).isFalse();
                assertThat(poller.poll(0)).isFalse();
            }
            assertThat(eventFd.drain()).isTrue();
            assertThat(edges.take()).isFalse();
        }
    }

    @Test
    void countThatIsThereAlreadyIsToldOf() throws Exception {
        try (EventEdges edges = EventEdges.create();
                EventFd eventFd = EventFd.create()) {
            eventFd.signal();
            edges.add(eventFd);
            assertThat(edges.take()).isTrue();
            assertThat(edges.take()).isFalse();
        }
    }

    @Test
    @DisplayName("an eventfd that is removed is not told of, though others keep it open and signal it")
    void removedEventfdIsNotToldOf() throws Exception {
        EventFd eventFd = EventFd.create();
        try (EventEdges edges = EventEdges.create();
                EventFd others = EventFd.adopt(FileDescriptors.duplicate(eventFd.fd()))) {
            edges.add(eventFd);
            edges.remove(eventFd);
            eventFd.close();
            others.signal();
            assertThat(edges.take()).isFalse();
            assertThatThrownBy(() -> edges.add(eventFd)).hasMessage("watch an eventfd: Bad file descriptor");
            edges.add(others);
            assertThat(edges.take()).isTrue();
        }
    }

    @Test
    void nothingIsLeftAfterClose() throws Exception {
        EventEdges edges = EventEdges.create();
        int fd = edges.fd();
        edges.close();
        edges.close();
        assertThat(edges.fd()).isEqualTo(-1);
        assertThatThrownBy(() -> FileStatus.of(fd)).isInstanceOf(ErrnoException.class);
    }
}
