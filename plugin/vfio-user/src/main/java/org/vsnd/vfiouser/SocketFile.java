package org.vsnd.vfiouser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;

/** Makes the listening socket, with a sentence for everything that can be wrong with its path. */
final class SocketFile {
    private static final int BACKLOG = 16;

    private SocketFile() {}

    /** Makes the socket; a name left behind by a server that is gone is replaced, anything else is left alone. */
    static UnixServerSocket open(Path path, SocketAccess access) throws VfioUserException {
        UnixServerSocket socket = bind(path);
        try {
            if (access.group() != null) {
                setGroup(path, access.group());
            }
            socket.setMode(access.mode());
            socket.listen(BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e instanceof VfioUserException v
                    ? v
                    : new VfioUserException("cannot open the socket " + path + ": " + e.getMessage(), e);
        }
    }

    private static UnixServerSocket bind(Path path) throws VfioUserException {
        try {
            return bindOnce(path);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EADDRINUSE) {
                throw explain(path, e);
            }
        }
        removeStale(path);
        try {
            return bindOnce(path);
        } catch (ErrnoException e) {
            throw explain(path, e);
        }
    }

    private static UnixServerSocket bindOnce(Path path) throws ErrnoException, VfioUserException {
        try {
            return UnixServerSocket.bind(path);
        } catch (IllegalArgumentException e) {
            throw new VfioUserException(String.valueOf(e.getMessage()), e);
        }
    }

    private static VfioUserException explain(Path path, ErrnoException e) {
        Path folder = path.toAbsolutePath().getParent();
        return switch (e.errno()) {
            case Errno.ENOENT ->
                new VfioUserException(
                        "the folder " + folder + " for the socket does not exist: create it or choose another path", e);
            case Errno.EACCES, Errno.EPERM ->
                new VfioUserException(
                        "no permission to create the socket " + path + ": choose a folder you may write to", e);
            case Errno.EADDRINUSE ->
                new VfioUserException(
                        "the socket " + path + " is in use: stop the other server or choose another path", e);
            default -> new VfioUserException("cannot create the socket " + path + ": " + e.getMessage(), e);
        };
    }

    /** Connecting tells a socket nobody listens on from one in use. */
    private static void removeStale(Path path) throws VfioUserException {
        try {
            if (!FileStatus.of(path).isSocket()) {
                throw new VfioUserException(
                        path + " exists and is not a socket: remove it yourself or choose another path");
            }
            UnixSocket.connect(path).close();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ECONNREFUSED) {
                delete(path);
                return;
            }
            if (e.errno() == Errno.ENOENT) {
                return; // gone meanwhile
            }
            if (e.errno() != Errno.EAGAIN) { // EAGAIN: others already queue for it
                throw new VfioUserException(
                        "cannot tell whether the socket " + path + " is in use (" + e.getMessage()
                                + "): remove it yourself or choose another path",
                        e);
            }
        }
        throw new VfioUserException("the socket " + path + " is in use: stop the other server or choose another path");
    }

    private static void delete(Path path) throws VfioUserException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new VfioUserException("cannot remove the stale socket " + path + ": " + e.getMessage(), e);
        }
    }

    private static void setGroup(Path path, String name) throws VfioUserException {
        try {
            GroupPrincipal group =
                    path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
            PosixFileAttributeView view =
                    Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setGroup(group);
        } catch (UserPrincipalNotFoundException e) {
            throw new VfioUserException("there is no group " + name + " for the socket: create it or name another", e);
        } catch (IOException e) {
            throw new VfioUserException(
                    "cannot give the socket " + path + " to the group " + name + ": you must be a member of it", e);
        }
    }
}
