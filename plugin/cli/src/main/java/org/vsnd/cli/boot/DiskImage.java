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
 * A disk or CD of the operator that a machine can use.
 *
 * @param file absolute
 * @param format never left to QEMU to guess: a guest could write another format's header into a raw disk, and QEMU
 *     guards against that by refusing writes to the first sector of a disk that it guessed to be raw
 * @param asCd read-only, in a CD drive
 */
public record DiskImage(Path file, ImageFormat format, boolean asCd) {
    private static final int SECTOR_BYTES = 512;

    /** QEMU locks single bytes of an image, one for each right it uses (from 100) or denies to others (from 200). */
    private static final long LOCKS_BEGIN = 100;

    private static final long LOCKS_LENGTH = 200;

    /** Held by a writer. */
    private static final long WRITER_LOCK = 101;

    /**
     * Recognises an image. An ISO is a CD, even if it is a hybrid that could be a disk: a machine that boots from CD
     * boots any ISO, and an installation image that was downloaded is never written to.
     *
     * @throws BootException if it is not an image; one sentence that says what is wrong
     */
    public static DiskImage of(String name) throws BootException {
        Path file;
        try {
            file = FileTrouble.whole(Path.of(name)).normalize();
        } catch (InvalidPathException e) {
            throw new BootException("cannot read " + name + ": this is not a valid file name", e);
        }
        try {
            if (!Files.exists(file)) {
                throw new BootException("there is no file " + file);
            }
            if (!Files.isRegularFile(file)) {
                throw new BootException(file + " is not a file: give a disk image or an ISO");
            }
            if (!Files.isReadable(file)) {
                throw new BootException(file + " cannot be read: change its permissions or its owner");
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

    /** The same image as a disk, for ISOs that can also be a disk. */
    public DiskImage asDisk() {
        return new DiskImage(file, format, false);
    }

    /**
     * Checks that a machine may use it now.
     *
     * @param snapshot whether the guest's writes go elsewhere
     * @throws BootException if it may not; one sentence that says what to do
     */
    public void check(boolean snapshot) throws BootException {
        boolean written = !asCd && !snapshot;
        if (written && !Files.isWritable(file)) {
            throw new BootException(
                    file + " cannot be written, and a system writes to its disk: make it writable, or give --snapshot");
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
            throw new BootException("cannot check whether " + file + " is in use: " + FileTrouble.why(e), e);
        }
    }
}
