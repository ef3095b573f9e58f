// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.FolderLock;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;

/** A listening socket of our own. Everything that can be wrong with its path is reported in one sentence. */
record SocketFile(Path path, SocketAccess access) implements Endpoint {
    private static final System.Logger LOGGER = System.getLogger(SocketFile.class.getName());
    private static final int BACKLOG = 16;

    /** Makes a socket that listens under a hidden name. */
    @Override
    public UnixServerSocket open() throws ServerException {
        UnixServerSocket socket = prepare();
        try {
            isStale(); // refused before anything that cannot be undone is made, such as a sound file
            if (access.group() != null) {
                setGroup(socket.path(), access.group());
            }
            socket.setMode(access.mode());
            socket.listen(BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e instanceof ServerException v
                    ? v
                    : new ServerException("cannot open the socket " + path + ": " + e.getMessage(), e);
        }
    }

    private UnixServerSocket prepare() throws ServerException {
        try {
            return UnixServerSocket.prepare(path);
        } catch (IllegalArgumentException e) {
            throw new ServerException(String.valueOf(e.getMessage()), e);
        } catch (ErrnoException e) {
            throw explain(e);
        }
    }

    /**
     * Gives a listening socket the name that clients know. A name left behind by a server that has ended is replaced,
     * anything else is left alone.
     */
    @Override
    public void publish(UnixServerSocket socket) throws ServerException {
        FolderLock lock = lock();
        try {
            socket.publish(path, isStale());
        } catch (ErrnoException e) {
            throw explain(e);
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    /**
     * If several servers find the same name left behind, one takes it and the others are refused. Without the lock, in
     * a folder that may not be read or that another program keeps locked, two at once may both take it; a name that did
     * not exist is never taken twice.
     */
    private @Nullable FolderLock lock() {
        Path folder = path.toAbsolutePath().getParent();
        try {
            return FolderLock.take(folder == null ? path : folder);
        } catch (ErrnoException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the socket''s folder is not locked: {0}", e.getMessage());
            return null;
        }
    }

    private ServerException explain(ErrnoException e) {
        Path folder = path.toAbsolutePath().getParent();
        return switch (e.errno()) {
            case Errno.ENOENT ->
                new ServerException(
                        "the folder " + folder + " for the socket does not exist: create it or choose another path", e);
            case Errno.EACCES, Errno.EPERM ->
                new ServerException(
                        "no permission to create the socket " + path + ": choose a folder you may write to", e);
            case Errno.EEXIST ->
                new ServerException(
                        "the socket " + path + " is in use: stop the other server or choose another path", e);
            default -> new ServerException("cannot create the socket " + path + ": " + e.getMessage(), e);
        };
    }

    /**
     * Whether there is a socket on which nothing listens, which connecting shows. False if there is nothing of that
     * name.
     */
    private boolean isStale() throws ServerException {
        try {
            if (!FileStatus.of(path).isSocket()) {
                throw new ServerException(
                        path + " exists and is not a socket: remove it yourself or choose another path");
            }
            UnixSocket.connect(path).close();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                return true;
            }
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            if (e.errno() != Errno.EAGAIN) { // EAGAIN: others are already waiting for it
                throw new ServerException(
                        "cannot tell whether the socket " + path + " is in use (" + e.getMessage()
                                + "): remove it yourself or choose another path",
                        e);
            }
        }
        throw new ServerException("the socket " + path + " is in use: stop the other server or choose another path");
    }

    private static void setGroup(Path path, String name) throws ServerException {
        try {
            GroupPrincipal group =
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
            PosixFileAttributeView view =
                    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setGroup(group);
        } catch (UserPrincipalNotFoundException e) {
            throw new ServerException("there is no group " + name + " for the socket: create it or name another", e);
        } catch (IOException e) {
            throw new ServerException(
                    "cannot give the socket " + path + " to the group " + name + ": you must be a member of it", e);
        }
    }
}
