// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.file.Path;

/**
 * A folder in which one thread of all processes works while others that want it wait ({@code flock}). The lock ends
 * with the process at the latest.
 */
public final class FolderLock implements AutoCloseable {
    private static final int TRIES = 200;
    private static final long PAUSE_MILLIS = 10;

    private int fd;

    private FolderLock(int fd) {
        this.fd = fd;
    }

    /**
     * Takes the lock, waiting for at most two seconds. A folder that does not support locks is not locked.
     *
     * @throws ErrnoException {@link Errno#EAGAIN} if others keep it for longer, or the folder cannot be opened
     */
    public static FolderLock take(Path folder) throws ErrnoException {
        int fd = FileDescriptors.open(folder);
        for (int i = 0; LibC.flock(fd, LibC.LOCK_EX | LibC.LOCK_NB) != 0; i++) {
            int errno = LibC.errno();
            if (errno != Errno.EAGAIN && errno != Errno.EINTR) {
                break; // some network file systems
            }
            if (i == TRIES || !pause()) {
                FileDescriptors.close(fd);
                throw new ErrnoException("lock " + folder, errno);
            }
        }
        return new FolderLock(fd);
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        if (fd >= 0) {
            FileDescriptors.close(fd);
            fd = -1;
        }
    }
}
