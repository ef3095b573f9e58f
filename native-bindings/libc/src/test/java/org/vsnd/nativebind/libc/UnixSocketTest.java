// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sockets between two ends in this process, with descriptors. */
class UnixSocketTest {
    @TempDir
    Path folder;

    private Path path;
    private UnixServerSocket server;
    private UnixSocket near;
    private UnixSocket far;
    private final NativeBuffer buffer = new NativeBuffer(1 << 16);
    private final ReceivedFds fds = new ReceivedFds();

    @BeforeEach
    void connect() throws Exception {
        path = folder.resolve("s");
        server = UnixServerSocket.bind(path);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> UnixSocket.connect(path))
                .isInstanceOf(ErrnoException.class)
                .hasMessage("connect to " + path + ": Connection refused");
        server.listen(4);
        assertThat(server.accept()).isNull();
        near = UnixSocket.connect(path);
        far = server.accept();
        assertThat(far).isNotNull();
    }

    @AfterEach
    void close() {
        near.close();
        far.close();
        server.close();
        assertThat(path).doesNotExist();
        fds.closeAll();
    }

    @Test
    void bytesArriveAndNothingIsWaitedFor() throws Exception {
        assertThat(far.receive(buffer, 0, 16)).isEqualTo(UnixSocket.WOULD_BLOCK);
        assertThat(far.receive(buffer, 0, 16, fds)).isEqualTo(UnixSocket.WOULD_BLOCK);
        buffer.bytes().putLong(0, 0x1122334455667788L);
        assertThat(near.send(buffer, 0, 8)).isEqualTo(8);
        assertThat(far.receive(buffer, 100, 3)).isEqualTo(3);
        assertThat(far.receive(buffer, 103, 50, fds)).isEqualTo(5);
        assertThat(buffer.bytes().getLong(100)).isEqualTo(0x1122334455667788L);
        assertThat(fds.count()).isZero();
    }

    @Test
    void socketThatIsFullSaysSo() throws Exception {
        int n;
        long sent = 0;
        while ((n = near.send(buffer, 0, 1 << 16)) != UnixSocket.WOULD_BLOCK) {
            sent += n;
        }
        assertThat(sent).isPositive();
    }

    @Test
    void endOfStreamIsDisconnected() throws Exception {
        near.shutdown();
        assertThat(far.receive(buffer, 0, 16)).isEqualTo(UnixSocket.DISCONNECTED);
        assertThat(far.receive(buffer, 0, 16, fds)).isEqualTo(UnixSocket.DISCONNECTED);
        near.close();
        assertThat(near.fd()).isEqualTo(-1);
        assertThat(far.send(buffer, 0, 16)).isEqualTo(UnixSocket.DISCONNECTED);
    }

    @Test
    void descriptorsComeWithTheFirstByteAndReferToTheSameFile() throws Exception {
        try (MemFd file = MemFd.create("passed", 4096, false);
                EventFd eventFd = EventFd.create()) {
            assertThat(near.send(buffer, 0, 16, new int[] {file.fd(), eventFd.fd()}))
                    .isEqualTo(16);
            assertThat(far.receive(buffer, 0, 1, fds)).isEqualTo(1);
            assertThat(fds.count()).isEqualTo(2);
            assertThat(fds.truncated()).isFalse();
            assertThat(FileStatus.of(fds.get(0)).sameFile(FileStatus.of(file.fd())))
                    .isTrue();
            try (EventFd received = EventFd.adopt(fds.take(1))) {
                received.signal();
                assertThat(eventFd.drain()).isTrue();
            }
            assertThat(fds.get(1)).isEqualTo(-1);
            int first = fds.get(0);
            fds.closeAll();
            assertThat(fds.count()).isZero();
            assertThatThrownBy(() -> FileStatus.of(first)).isInstanceOf(ErrnoException.class);
            assertThatThrownBy(() -> fds.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void moreDescriptorsThanFitAreSaidToBeMissing() throws Exception {
        int[] many = new int[ReceivedFds.MAX_FDS];
        Arrays.fill(many, near.fd());
        near.send(buffer, 0, 1, many);
        near.send(buffer, 0, 1, new int[] {near.fd()});
        far.receive(buffer, 0, 1, fds);
        assertThat(fds.count()).isEqualTo(ReceivedFds.MAX_FDS);
        assertThat(fds.truncated()).isFalse();
        far.receive(buffer, 0, 1, fds);
        assertThat(fds.count()).isEqualTo(ReceivedFds.MAX_FDS);
        assertThat(fds.truncated()).isTrue();
        assertThatThrownBy(() -> near.send(buffer, 0, 1, new int[ReceivedFds.MAX_FDS + 1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rangesOutsideTheBufferAreRefused() {
        assertThatThrownBy(() -> near.send(buffer, 1, 1 << 16)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> near.receive(buffer, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> near.receive(buffer, 0, 0, fds)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void errorsAreInWords() throws Exception {
        assertThatThrownBy(() -> UnixServerSocket.bind(path))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EADDRINUSE))
                .hasMessage("bind to " + path + ": Address already in use");
        assertThatThrownBy(() -> UnixServerSocket.bind(folder.resolve("no/s")))
                .hasMessageEndingWith(": No such file or directory");
        assertThatThrownBy(() -> UnixServerSocket.bind(folder.resolve("x".repeat(108))))
                .isInstanceOf(IllegalArgumentException.class);
        server.setMode(0660);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw----");
        assertThat(FileStatus.of(path).isSocket()).isTrue();
        assertThat(FileStatus.of(folder).isSocket()).isFalse();
        near.close();
        assertThatThrownBy(() -> near.send(buffer, 0, 1)).hasMessage("send: Bad file descriptor");
    }

    @Test
    void socketHasItsNameOnceItIsPublished() throws Exception {
        Path known = folder.resolve("known");
        try (UnixServerSocket hidden = UnixServerSocket.prepare(known)) {
            assertThat(hidden.path()).exists().isNotEqualTo(known);
            assertThat(known).doesNotExist();
            hidden.listen(1);
            hidden.publish(known, false);
            assertThat(hidden.path()).isEqualTo(known);
            UnixSocket.connect(known).close();
            try (UnixServerSocket other = UnixServerSocket.prepare(known)) {
                assertThatThrownBy(() -> other.publish(known, false)).hasMessageEndingWith("File exists");
                other.publish(known, true);
            }
            assertThat(known).doesNotExist();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void longNameHasAShortHiddenOne() throws Exception {
        Path known = folder.resolve("x".repeat(106 - folder.toString().length()));
        try (UnixServerSocket hidden = UnixServerSocket.prepare(known)) {
            hidden.listen(1);
            hidden.publish(known, false);
            UnixSocket.connect(known).close();
        }
        assertThat(known).doesNotExist();
        assertThatThrownBy(() -> UnixServerSocket.prepare(Path.of(known + "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closedServerSocketLeavesOthersFilesAlone() throws Exception {
        Path taken = folder.resolve("taken");
        UnixServerSocket closed = UnixServerSocket.bind(taken);
        Files.delete(taken);
        Files.writeString(taken, "somebody else's");
        closed.close();
        closed.close();
        assertThat(closed.fd()).isEqualTo(-1);
        assertThat(taken).hasContent("somebody else's");
        assertThatThrownBy(() -> closed.listen(1)).hasMessage("listen on " + taken + ": Bad file descriptor");
        assertThatThrownBy(closed::accept).hasMessage("accept: Bad file descriptor");
        UnixServerSocket gone = UnixServerSocket.bind(folder.resolve("gone"));
        Files.delete(gone.path());
        assertThatThrownBy(() -> gone.setMode(0600)).hasMessageEndingWith("gone: No such file or directory");
        gone.close();
        assertThat(gone.fd()).isEqualTo(-1);
    }

    @Test
    void lockedFolderIsTheOnlyOnesWhoHasIt() throws Exception {
        FolderLock first = FolderLock.take(folder);
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> {
            try {
                FolderLock.take(folder).close();
            } catch (ErrnoException e) {
                throw new CompletionException(e);
            }
        });
        assertThat(second).isNotDone();
        first.close();
        first.close();
        second.get(10, TimeUnit.SECONDS);
        Thread.currentThread().interrupt();
        FolderLock third = FolderLock.take(folder);
        assertThatThrownBy(() -> FolderLock.take(folder)).hasMessageContaining("lock " + folder);
        third.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> FolderLock.take(folder.resolve("none"))).isInstanceOf(ErrnoException.class);
    }

    @Test
    void whatWasLookedAtStaysUntilItIsDiscarded() throws Exception {
        far.peek();
        buffer.bytes().putLong(0, 0x1122334455667788L);
        try (EventFd eventFd = EventFd.create()) {
            assertThat(near.send(buffer, 0, 8, new int[] {eventFd.fd()})).isEqualTo(8);
        }
        assertThat(near.send(buffer, 0, 8)).isEqualTo(8);
        assertThat(far.receive(buffer, 100, 3, fds)).isEqualTo(3);
        assertThat(far.receive(buffer, 103, 5, fds)).isEqualTo(5);
        assertThat(buffer.bytes().getLong(100)).isEqualTo(0x1122334455667788L);
        assertThat(fds.count()).isPositive();
        assertThat(near.unread()).isTrue();
        assertThat(far.discard(new NativeBuffer(3), 8)).isEqualTo(1);
        assertThat(far.readable()).isTrue();
        assertThat(far.receive(buffer, 200, 64, fds)).isEqualTo(8);
        assertThat(far.discard(buffer, 8)).isZero();
        assertThat(far.readable()).isFalse();
        assertThat(near.unread()).isFalse();
        assertThatThrownBy(() -> far.discard(buffer, 1)).isInstanceOf(ErrnoException.class);
    }

    @Test
    void connectionOfAnotherProcessGoesOn() throws Exception {
        try (UnixSocket adopted = UnixSocket.adopt(FileDescriptors.duplicate(far.fd()))) {
            assertThat(FileDescriptors.sameOpenFile(adopted.fd(), far.fd())).isTrue();
            assertThat(adopted.receive(buffer, 0, 16)).isEqualTo(UnixSocket.WOULD_BLOCK);
            near.send(buffer, 0, 8);
            assertThat(adopted.receive(buffer, 0, 16)).isEqualTo(8);
        }
    }

    @Test
    void listenerOfAnotherProcessIsTakenOverWithItsName() throws Exception {
        assertThat(SocketKind.of(server.fd())).isEqualTo(new SocketKind(true, true, true));
        assertThat(SocketKind.of(near.fd()).listening()).isFalse();
        assertThat(UnixServerSocket.nameOf(server.fd()).toString()).isEqualTo(path.toString());
        try (UnixServerSocket adopted = UnixServerSocket.adopt(FileDescriptors.duplicate(server.fd()));
                UnixSocket another = UnixSocket.connect(path);
                UnixSocket taken = adopted.accept()) {
            assertThat(taken).isNotNull();
            another.send(buffer, 0, 1);
            assertThat(taken.receive(buffer, 0, 1)).isEqualTo(1);
        }
        assertThat(path).exists();
    }
}
