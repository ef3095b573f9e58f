// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.PluginException;
import org.vsnd.testing.Waiting;

/** A socket that somebody else made: it serves, it stays, and whatever is none has its sentence. */
@DisplayName("A server on a socket that it was given")
class InheritedSocketTest {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;

    @TempDir
    Path folder;

    /** Like a service manager's: listens, and is kept open by it. */
    private UnixServerSocket managers() throws Exception {
        UnixServerSocket socket = UnixServerSocket.bind(folder.resolve("managed"));
        socket.listen(4);
        return socket;
    }

    @Test
    void clientsThatCameBeforeAreServedAndTheSocketStays() throws Exception {
        UnixServerSocket manager = managers();
        for (int life = 0; life < 3; life++) {
            try (TestClient early = new TestClient(manager.path())) {
                Endpoint endpoint = Endpoint.inherited(FileDescriptors.duplicate(manager.fd()));
                assertThat(endpoint.path()).isEqualTo(manager.path());
                try (DeviceServer server = new DeviceServer(endpoint, ClientRules.STANDARD, FakeProtocol::new)) {
                    Thread thread = new Thread(() -> server.run(false), "test");
                    thread.start();
                    assertThat(early.call(FakeProtocol.HELLO, TestClient.le(0))).isZero();
                    Waiting.await("served", () -> server.statistics().connections() == 1);
                }
            }
            assertThat(Files.exists(manager.path()))
                    .as("the name is its maker's")
                    .isTrue();
        }
        manager.close();
        assertThat(manager.path()).doesNotExist();
    }

    @Test
    void aCardThatCannotBeMadeLeavesTheSocketToItsMaker() throws Exception {
        UnixServerSocket manager = managers();
        Endpoint endpoint = Endpoint.inherited(FileDescriptors.duplicate(manager.fd()));
        assertThatThrownBy(() -> new DeviceServer(endpoint, ClientRules.STANDARD, parts -> {
                    throw new PluginException("no such option");
                }))
                .hasMessage("no such option");
        UnixSocket.connect(manager.path()).close();
        manager.close();
    }

    @Test
    void anAbstractSocketIsShownWithAnAt() throws Exception {
        byte[] address = {LibC.AF_UNIX, 0, 0, 'v', 's', 'n', 'd', '-', 't', 'e', 's', 't'};
        int fd = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM, 0);
        LibC.bind(fd, address, address.length);
        LibC.listen(fd, 1);

        Endpoint endpoint = Endpoint.inherited(fd);

        assertThat(endpoint.path()).hasToString("@vsnd-test");
        endpoint.open().close();
    }

    @Test
    void whateverIsNoListeningUnixSocketHasItsSentence() throws Exception {
        assertRefused(9999, "descriptor 9999 is not open: whoever starts vsnd must leave it open");
        try (MemFd file = MemFd.create("vsnd-test", 4096, true)) {
            assertRefused(
                    file.fd(), "descriptor " + file.fd() + " is not a socket: give that of a Unix socket that listens");
        }
        assertRefused(LibC.AF_UNIX, LibC.SOCK_STREAM, "is a socket that does not listen: use Accept=no");
        assertRefused(LibC.AF_UNIX, SOCK_DGRAM, "is a socket without streams: use ListenStream=");
        assertRefused(
                AF_INET,
                LibC.SOCK_STREAM,
                "is a network socket, but clients hand over memory: give ListenStream= a path");
    }

    private static void assertRefused(int domain, int type, String why) {
        int fd = LibC.socket(domain, type, 0);
        try {
            assertRefused(fd, "descriptor " + fd + " " + why);
        } finally {
            FileDescriptors.close(fd);
        }
    }

    private static void assertRefused(int fd, String sentence) {
        assertThatThrownBy(() -> Endpoint.inherited(fd))
                .isInstanceOf(ServerException.class)
                .hasMessage(sentence);
    }
}
