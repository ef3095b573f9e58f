// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Single messages between processes")
class UnixDatagramsTest {
    @TempDir
    Path folder;

    private final ReceivedFds fds = new ReceivedFds();

    private void assertPassed(String name) throws Exception {
        try (UnixDatagrams receiver = UnixDatagrams.at(name);
                UnixDatagrams sender = UnixDatagrams.to(name);
                EventFd first = EventFd.create();
                EventFd second = EventFd.create()) {
            assertThat(receiver.receive(fds)).isEmpty();
            assertThat(sender.send("FDSTORE=1\nFDNAME=é", first.fd(), second.fd()))
                    .isTrue();
            assertThat(sender.send("READY=1")).isTrue();
            assertThat(receiver.receive(fds)).isEqualTo("FDSTORE=1\nFDNAME=é");
            assertThat(fds.count()).isEqualTo(2);
            second.signal();
            try (EventFd taken = EventFd.adopt(fds.take(1))) {
                assertThat(taken.drain()).isTrue();
                assertThat(FileDescriptors.sameOpenFile(taken.fd(), first.fd())).isFalse();
            }
            fds.closeAll();
            assertThat(receiver.receive(fds)).isEqualTo("READY=1");
            assertThat(fds.count()).isZero();
        }
    }

    @Test
    @DisplayName("pass text and descriptors, by a path or by a name that is in no file system")
    void passTextAndDescriptors() throws Exception {
        assertPassed(folder.resolve("s").toString());
        assertPassed("@vsnd-test-" + ProcessHandle.current().pid());
    }

    @Test
    @DisplayName("never wait for a receiver that does not receive")
    void neverWait() throws Exception {
        String name = folder.resolve("s").toString();
        try (UnixDatagrams receiver = UnixDatagrams.at(name);
                UnixDatagrams sender = UnixDatagrams.to(name)) {
            int sent = 0;
            while (sender.send("message")) {
                sent++;
            }
            assertThat(sent).isPositive();
            assertThat(receiver.receive(fds)).isEqualTo("message");
            assertThat(sender.send("message")).isTrue();
        }
    }

    @Test
    @DisplayName("say so where there is no receiver, or no place for one")
    void nobodyThere() throws Exception {
        String name = folder.resolve("s").toString();
        assertThatThrownBy(() -> UnixDatagrams.to(name)).hasMessageContaining("connect to " + name);
        UnixDatagrams receiver = UnixDatagrams.at(name);
        assertThatThrownBy(() -> UnixDatagrams.at(name)).hasMessageContaining("bind to " + name);
        try (UnixDatagrams sender = UnixDatagrams.to(name)) {
            receiver.close();
            receiver.close();
            assertThat(receiver.fd()).isNegative();
            assertThatThrownBy(() -> sender.send("message")).isInstanceOf(ErrnoException.class);
        }
    }
}
