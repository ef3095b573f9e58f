// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FolderLock;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.PluginException;

/** The socket's path and permissions: each thing that can be wrong has its sentence. */
@DisplayName("VFIO-USER 1: the socket file")
class SocketFileTest {
    @TempDir
    Path folder;

    private static DeviceServer open(Path path) throws Exception {
        return new DeviceServer(path, SocketAccess.OWNER_ONLY, FakeProtocol::new);
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void socketIsTheOwnersAndGoneAfterClose() throws Exception {
        Path path = folder.resolve("s");
        try (DeviceServer server = open(path)) {
            assertThat(permissions(path)).isEqualTo("rw-------");
            assertThat(server.statistics().clientConnected()).isFalse();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void modeAndGroupAreAsAsked() throws Exception {
        Path path = folder.resolve("s");
        String group = Files.getAttribute(folder, "unix:group").toString();
        try (DeviceServer server = new DeviceServer(path, new SocketAccess(0666, group), FakeProtocol::new)) {
            assertThat(permissions(path)).isEqualTo("rw-rw-rw-");
            assertThat(server.statistics().connections()).isZero();
            assertThat(Files.getAttribute(path, "unix:group")).hasToString(group);
        }
        assertThatThrownBy(() -> new SocketAccess(01777, null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unknownGroupIsNamedAndLeavesNoSocket() {
        Path path = folder.resolve("s");
        assertThatThrownBy(() -> new DeviceServer(path, new SocketAccess(0660, "no-such-group"), FakeProtocol::new))
                .isInstanceOf(ServerException.class)
                .hasMessage("there is no group no-such-group for the socket: create it or name another");
        assertThat(path).doesNotExist();
    }

    @Test
    void socketNobodyListensOnIsReplaced() throws Exception {
        Path path = folder.resolve("s");
        UnixServerSocket left = UnixServerSocket.bind(path); // bound, but nobody listens
        try (DeviceServer server = open(path)) {
            assertThat(server.statistics().clientConnected()).isFalse();
            left.close(); // must not take the new one's name away
            assertThat(Files.exists(path)).isTrue();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void socketInUseIsLeftAlone() throws Exception {
        Path path = folder.resolve("s");
        try (DeviceServer first = open(path)) {
            assertThatThrownBy(() -> open(path))
                    .isInstanceOf(ServerException.class)
                    .hasMessage("the socket " + path + " is in use: stop the other server or choose another path");
            assertThat(Files.exists(path)).isTrue();
            assertThat(first.statistics().connections()).isZero();
        }
    }

    @Test
    @DisplayName("a client that finds the socket's name is never refused")
    void nameIsThereOnlyWhenSomeoneListens() throws Exception {
        Path path = folder.resolve("s");
        for (int start = 0; start < 100; start++) {
            CompletableFuture<Integer> client = CompletableFuture.supplyAsync(() -> errnoOfFirstConnection(path));
            try (DeviceServer server = new DeviceServer(path, new SocketAccess(0660, null), FakeProtocol::new)) {
                assertThat(client.get(20, TimeUnit.SECONDS)).isZero();
                assertThat(server.statistics().connections()).isZero();
            }
        }
    }

    /** Connects as soon as there is a name. */
    private static int errnoOfFirstConnection(Path path) {
        while (true) {
            try {
                UnixSocket.connect(path).close();
                return 0;
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    return e.errno();
                }
            }
        }
    }

    @Test
    @DisplayName("of two servers that find the same name left behind one gets it and keeps it")
    void twoServersNeverShareOneName() throws Exception {
        Path path = folder.resolve("s");
        for (int round = 0; round < 100; round++) {
            UnixServerSocket left = UnixServerSocket.bind(path);
            CyclicBarrier both = new CyclicBarrier(2);
            CompletableFuture<Optional<DeviceServer>> other =
                    CompletableFuture.supplyAsync(() -> openTogether(path, both));
            Optional<DeviceServer> mine = openTogether(path, both);
            Optional<DeviceServer> others = other.get(20, TimeUnit.SECONDS);
            assertThat(Stream.of(mine, others).flatMap(Optional::stream))
                    .as("round " + round)
                    .hasSize(1);
            UnixSocket.connect(path).close();
            mine.or(() -> others).orElseThrow().close();
            left.close();
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
        }
    }

    private static Optional<DeviceServer> openTogether(Path path, CyclicBarrier both) {
        try {
            both.await();
            return Optional.of(open(path));
        } catch (ServerException e) {
            return Optional.empty();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @DisplayName("a start that is refused leaves the folder as it was")
    void refusedStartLeavesNothing() throws Exception {
        Path path = folder.resolve("s");
        try (DeviceServer first = open(path)) {
            assertThatThrownBy(() -> open(path)).isInstanceOf(ServerException.class);
            assertThat(first.statistics().connections()).isZero();
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(path);
            }
        }
        assertThatThrownBy(() -> new DeviceServer(path, SocketAccess.OWNER_ONLY, parts -> {
                    assertThat(path).as("the card is not made yet").doesNotExist();
                    throw new PluginException("no such option");
                }))
                .isInstanceOf(PluginException.class);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void anythingElseOfThatNameIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "precious");
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(ServerException.class)
                .hasMessage(file + " exists and is not a socket: remove it yourself or choose another path");
        assertThat(file).hasContent("precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("nowhere"));
        assertThatThrownBy(() -> open(link)).hasMessageContaining("is not a socket");
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThatThrownBy(() -> open(folder)).hasMessageContaining("is not a socket");
    }

    @Test
    @DisplayName("a folder that may not be read, or that another program keeps locked, holds no start up")
    void folderThatCannotBeLockedIsTakenAsItIs() throws Exception {
        Path path = folder.resolve("s");
        Path longest = folder.resolve("x".repeat(106 - folder.toString().length()));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("-wx------"));
        try (DeviceServer server = open(path);
                DeviceServer other = open(longest)) {
            assertThat(server.statistics().connections()).isZero();
            assertThat(other.statistics().connections()).isZero();
            UnixSocket.connect(path).close();
            UnixSocket.connect(longest).close();
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        UnixServerSocket left = UnixServerSocket.bind(path);
        FolderLock others = FolderLock.take(folder);
        try (DeviceServer server = open(path)) {
            assertThat(server.statistics().connections()).isZero();
            UnixSocket.connect(path).close();
            assertThatThrownBy(() -> open(path)).hasMessageContaining("is in use");
        } finally {
            others.close();
            left.close();
        }
    }

    @Test
    void missingFolderIsNamed() {
        Path path = folder.resolve("missing/s");
        assertThatThrownBy(() -> open(path))
                .isInstanceOf(ServerException.class)
                .hasMessage("the folder " + folder.resolve("missing")
                        + " for the socket does not exist: create it or choose another path");
    }

    @Test
    void pathOf108BytesIsTooLongAnd107Fit() throws Exception {
        Path longest = folder.resolve("x".repeat(106 - folder.toString().length()));
        try (DeviceServer server = open(longest)) {
            assertThat(Files.exists(longest)).isTrue();
            assertThat(server.statistics().messages()).isZero();
        }
        assertThatThrownBy(() -> open(Path.of(longest + "x")))
                .isInstanceOf(ServerException.class)
                .hasMessageEndingWith("has 108 bytes, but may have at most 107: use a shorter one");
    }

    @Test
    void functionThatCannotBeMadeLeavesNoSocket() {
        Path path = folder.resolve("s");
        assertThatThrownBy(() -> new DeviceServer(path, SocketAccess.OWNER_ONLY, parts -> {
                    throw new PluginException("no such option");
                }))
                .isInstanceOf(PluginException.class)
                .hasMessage("no such option");
        assertThat(path).doesNotExist();
    }
}
