// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.vsnd.audio.file.FileTrouble;

/**
 * A disk or CD of the operator's that a machine can have.
 *
 * @param file absolute
 * @param format never left to QEMU to guess: a guest could write another format's header into a raw disk, and QEMU
 *     protects itself by refusing writes to the first sector of a disk it guessed to be raw
 * @param asCd read-only, in a CD drive
 */
public record DiskImage(Path file, ImageFormat format, boolean asCd) {
    private static final int SECTOR_BYTES = 512;

    /** QEMU locks single bytes of an image, one for each thing it does (100 and up) or forbids others (200 and up). */
    private static final long LOCKS_BEGIN = 100;

    private static final long LOCKS_LENGTH = 200;

    /** Held by whoever writes. */
    private static final long WRITER_LOCK = 101;

    /**
     * Looks at an image. An ISO is a CD, also if it is a hybrid that could be a disk: a machine that boots from CD boots
     * any ISO, and nothing is ever written to a file that was downloaded to be installed from.
     *
     * @throws BootException if there is no image; one sentence that says what is wrong
     */
    public static DiskImage of(String name) throws BootException {
        Path file;
        try {
            file = FileTrouble.whole(Path.of(name)).normalize();
        } catch (InvalidPathException e) {
            throw new BootException("cannot read " + name + ": that cannot be a file's name", e);
        }
        try {
            if (!Files.exists(file)) {
                throw new BootException("there is no file " + file);
            }
            if (!Files.isRegularFile(file)) {
                throw new BootException(file + " is no file: give a disk image or an ISO");
            }
            if (!Files.isReadable(file)) {
                throw new BootException(file + " cannot be read: change its permissions, or be its owner");
            }
            if (Files.size(file) < SECTOR_BYTES) {
                throw new BootException(file + " is too short to hold a disk: give a disk image or an ISO");
            }
            ImageFormat format = ImageFormat.of(file);
            return new DiskImage(file, format, format == ImageFormat.ISO_9660);
        } catch (IOException e) {
            throw new BootException("cannot read " + file + ": " + FileTrouble.why(e), e);
        }
    }

    /** The same in a disk drive, for ISOs that can be a disk too. */
    public DiskImage asDisk() {
        return new DiskImage(file, format, false);
    }

    /**
     * Whether a machine may have it now.
     *
     * @param snapshot what the guest writes goes elsewhere
     * @throws BootException if it may not; one sentence that says what to do
     */
    public void check(boolean snapshot) throws BootException {
        boolean written = !asCd && !snapshot;
        if (written && !Files.isWritable(file)) {
            throw new BootException(
                    file + " cannot be written, and a system writes to its disk: make it writable or give --snapshot");
        }
        if (Files.isWritable(file) && isInUse(written)) {
            throw new BootException(file + " is in use by another virtual machine: end that one, or boot a copy");
        }
    }

    private boolean isInUse(boolean written) throws BootException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = written
                        ? channel.tryLock(LOCKS_BEGIN, LOCKS_LENGTH, false)
                        : channel.tryLock(WRITER_LOCK, 1, false)) {
            return lock == null;
        } catch (IOException e) {
            throw new BootException("cannot look whether " + file + " is in use: " + FileTrouble.why(e), e);
        }
    }
}
