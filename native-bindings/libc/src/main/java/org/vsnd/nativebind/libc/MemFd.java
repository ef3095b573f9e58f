// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.charset.StandardCharsets;

/** A memory file without a name, shared by passing its descriptor. */
public final class MemFd implements AutoCloseable {
    /** The largest page that a machine has. */
    private static final long PAGE_MOST = 64 << 10;

    private int fd;

    private MemFd(int fd) {
        this.fd = fd;
    }

    /**
     * Makes one.
     *
     * @param name shown in /proc only
     * @param sizeBytes its length; filled with zeroes
     * @param sealable whether seals can be set
     */
    public static MemFd create(String name, long sizeBytes, boolean sealable) throws ErrnoException {
        byte[] cName = (name + "\0").getBytes(StandardCharsets.UTF_8);
        int fd = LibC.memfd_create(cName, LibC.MFD_CLOEXEC | (sealable ? LibC.MFD_ALLOW_SEALING : 0));
        if (fd < 0) {
            throw ErrnoException.last("memfd_create");
        }
        MemFd file = new MemFd(fd);
        try {
            file.resize(sizeBytes);
        } catch (ErrnoException e) {
            file.close();
            throw e;
        }
        return file;
    }

    /** Sets the length, bytes. */
    public void resize(long sizeBytes) throws ErrnoException {
        if (LibC.ftruncate(fd, sizeBytes) != 0) {
            throw ErrnoException.last("ftruncate");
        }
    }

    /** Keeps its length from ever changing, whoever has it, and anybody from sealing it further; it must be sealable. */
    public void sealLength() throws ErrnoException {
        if (LibC.fcntl(fd, LibC.F_ADD_SEALS, LibC.F_SEAL_SHRINK | LibC.F_SEAL_GROW | LibC.F_SEAL_SEAL) != 0) {
            throw ErrnoException.last("seal a memory file");
        }
    }

    /**
     * Gives its memory back, also if somebody else has it open or mapped: it is full of zeroes again. What is written into it later is
     * charged to who does that.
     *
     * @param sizeBytes its length
     */
    public void discard(long sizeBytes) throws ErrnoException {
        long wholePages = (sizeBytes + PAGE_MOST - 1) & -PAGE_MOST; // a part of a page is not given back
        if (LibC.fallocate(fd, LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE, 0, wholePages) != 0) {
            throw ErrnoException.last("discard a memory file");
        }
    }

    /** The descriptor; owned by this object. */
    public int fd() {
        return fd;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            LibC.close(fd);
            fd = -1;
        }
    }
}
