// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.invoke.VarHandle;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.server.SharedArea;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.PluginException;

/**
 * What a back end must know of the life of the one before it: the device's settings, and what each ring holds. It is in mapped
 * memory, so that it costs the device thread no wait, and whatever was written is there after a kill: in a file, for another
 * process, or in no file, for another front end of this process. Device thread only, except construction.
 */
final class KeptState implements AutoCloseable {
    /** "vsndkept". */
    private static final long MAGIC = 0x7470656b_646e7376L;

    private static final int MAGIC_AT = 0; // u64
    private static final int QUEUES_AT = 8; // u32
    private static final int HEADER_LENGTH = 64;

    private static final int ID_AT = 16; // u64
    private static final int NUMBER_AT = 24; // u32

    /** After the header: the settings, the connection, and what each ring holds. */
    private static final int SETTINGS_PLACE = 16 << 10;

    private static final int CONNECTION_PLACE = 16 << 10;
    private static final long CONNECTION_AT = HEADER_LENGTH + TwoPlaces.length(SETTINGS_PLACE);
    private static final long RINGS_AT = CONNECTION_AT + TwoPlaces.length(CONNECTION_PLACE);

    private final SharedArea area = SharedArea.ofOwnFile();
    private final GuestMemory memory = area.memory();
    private final TwoPlaces settings = new TwoPlaces(memory, HEADER_LENGTH, SETTINGS_PLACE);
    private final TwoPlaces connection = new TwoPlaces(memory, CONNECTION_AT, CONNECTION_PLACE);
    private final OwnNumbers numbers = new OwnNumbers(memory);
    private final @Nullable RandomAccessFile locked;
    private final int queues;
    private final int descNum;
    private final boolean packed;

    /** In no file. */
    KeptState(int queues, int descNum, boolean packed) throws ErrnoException {
        this.queues = queues;
        this.descNum = descNum;
        this.packed = packed;
        locked = null;
        long bytes = packed ? packedBytes() : bytes();
        try (MemFd nameless = MemFd.create("vsnd-kept", bytes, true)) {
            area.map(nameless.fd(), 0, bytes);
        }
    }

    /**
     * In a file, which is made if it is not there.
     *
     * @param packed whether rings may be packed: their records are behind all others, in a longer file
     * @throws PluginException if it is in use, or of something else; the message says what to do
     */
    KeptState(Path file, int queues, int descNum, boolean packed) throws PluginException, ErrnoException {
        this.queues = queues;
        this.descNum = descNum;
        this.packed = packed;
        long bytes = packed ? packedBytes() : bytes();
        make(file, bytes);
        int fd = FileDescriptors.openForUpdate(file);
        try {
            area.map(fd, 0, bytes);
        } finally {
            FileDescriptors.close(fd);
        }
        boolean done = false;
        RandomAccessFile opened = null;
        try {
            opened = new RandomAccessFile(file.toFile(), "rw"); // after the close, which would end the lock
            lock(opened, file);
            checkHeader(file);
            done = true;
        } catch (IOException e) {
            throw new PluginException("cannot use the state file " + file + ": " + e.getMessage(), e);
        } finally {
            if (!done) {
                area.unmap();
                closeQuietly(opened);
            }
        }
        locked = opened;
    }

    private long bytes() {
        return RINGS_AT + queues * InflightRegion.length(descNum);
    }

    private long packedBytes() {
        return bytes() + queues * PackedInflightRegion.length(descNum);
    }

    private void make(Path file, long bytes) throws PluginException {
        try {
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            long there = Files.size(file);
            if (there != 0 && there != bytes() && there != packedBytes()) {
                throw foreign(file);
            }
            if (there < bytes) {
                try (RandomAccessFile growing = new RandomAccessFile(file.toFile(), "rw")) {
                    growing.setLength(bytes);
                }
            }
        } catch (IOException e) {
            throw new PluginException("cannot make the state file " + file + ": " + e.getMessage(), e);
        }
    }

    private static void lock(RandomAccessFile opened, Path file) throws IOException, PluginException {
        try {
            if (opened.getChannel().tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new PluginException("two cards cannot share the state file " + file + ": give each its own", e);
        }
        throw new PluginException("another process uses the state file " + file + ": give each card its own");
    }

    private void checkHeader(Path file) throws PluginException {
        long magic = numbers.load(MAGIC_AT, Long.BYTES);
        if (magic == 0) {
            numbers.store(QUEUES_AT, Integer.BYTES, queues);
            numbers.store(ID_AT, Long.BYTES, ThreadLocalRandom.current().nextLong());
            VarHandle.releaseFence();
            numbers.store(MAGIC_AT, Long.BYTES, MAGIC);
        } else if (magic != MAGIC || numbers.load(QUEUES_AT, Integer.BYTES) != queues) {
            throw foreign(file);
        }
    }

    private static PluginException foreign(Path file) {
        return new PluginException(file
                + " is not the state file of such a card: name another one, or remove it if nothing else needs it");
    }

    /** The record of a ring's chains, for as long as it is a packed one; null if it cannot be. */
    @Nullable
    PackedInflightRegion packedRegion(int queue) {
        long at = bytes() + queue * PackedInflightRegion.length(descNum);
        return packed ? new PackedInflightRegion(memory, at, descNum) : null;
    }

    /** The record of a ring's chains, for as long as it is a split one. */
    InflightRegion region(int queue) {
        long at = RINGS_AT + queue * InflightRegion.length(descNum);
        return new InflightRegion(memory, at, descNum);
    }

    /** The settings, as written; null if there are none. */
    byte @Nullable [] settings() {
        return settings.read();
    }

    /** Keeps other settings. */
    void settings(byte[] next) {
        settings.write(next);
    }

    /** Keeps none. */
    void forgetSettings() {
        settings.clear();
    }

    /** What is known of the client's connection. */
    TwoPlaces connection() {
        return connection;
    }

    /** Whether another process can read all this. */
    boolean isFile() {
        return locked != null;
    }

    /** A number that no other state file has. */
    long id() {
        return numbers.load(ID_AT, Long.BYTES);
    }

    /** A number that this was never asked for before, from 1 on. */
    int nextNumber() {
        int next = (int) numbers.load(NUMBER_AT, Integer.BYTES) + 1;
        numbers.store(NUMBER_AT, Integer.BYTES, next);
        return next;
    }

    @Override
    public void close() {
        area.unmap();
        closeQuietly(locked);
    }

    private static void closeQuietly(@Nullable RandomAccessFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                System.getLogger(KeptState.class.getName()).log(System.Logger.Level.DEBUG, "closing a state file", e);
            }
        }
    }
}
