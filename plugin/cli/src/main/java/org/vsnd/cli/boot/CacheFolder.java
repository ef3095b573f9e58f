// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import static com.google.common.base.Strings.emptyToNull;

import com.google.common.io.MoreFiles;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.vsnd.audio.file.FileTrouble;

/**
 * A folder for things that take long to make: each is made once, by one process at a time, and is either complete or
 * not there. Any thread.
 */
public final class CacheFolder {
    /** Space that QEMU and the guest need while they are unpacked. */
    public static final long NEEDED_BYTES = 1000L << 20;

    private static final System.Logger LOGGER = System.getLogger(CacheFolder.class.getName());
    private static final int MIB = 20;
    private static final Object ONE_BUILD_PER_PROCESS = new Object();

    private final Path folder;

    /**
     * Touches nothing yet.
     *
     * @param folder where to keep things; made when needed
     */
    public CacheFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * The folder an operator expects: {@code $VSND_CACHE}, else {@code $XDG_CACHE_HOME/vsnd}, else
     * {@code ~/.cache/vsnd}.
     *
     * @param environment the process's environment
     */
    public static CacheFolder standard(Map<String, String> environment) {
        String chosen = emptyToNull(environment.get("VSND_CACHE"));
        if (chosen != null) {
            return new CacheFolder(Path.of(chosen));
        }
        String cacheHome = emptyToNull(environment.get("XDG_CACHE_HOME"));
        if (cacheHome != null) {
            return new CacheFolder(Path.of(cacheHome, "vsnd"));
        }
        String home = emptyToNull(environment.get("HOME"));
        return new CacheFolder(
                Path.of(home == null ? System.getProperty("user.home", "/tmp") : home, ".cache", "vsnd"));
    }

    /** The folder itself, which need not exist yet. */
    public Path path() {
        return folder;
    }

    /**
     * What prevents things from being made here: a sentence that says what to do, or empty. Makes nothing.
     *
     * @param neededBytes space for what is still to be made
     */
    public Optional<String> obstacle(long neededBytes) {
        Path existing = existing();
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return Optional.of(folder + " cannot be created or written: set VSND_CACHE to a folder of yours");
        }
        long usable = usableBytes();
        return usable < neededBytes
                ? Optional.of(folder + " has room for only " + (usable >> MIB) + " MiB, and " + (neededBytes >> MIB)
                        + " MiB are needed once: make room, or set VSND_CACHE to a folder elsewhere")
                : Optional.empty();
    }

    /**
     * Fails if there is not enough space, before anything is fetched.
     *
     * @throws BootException one sentence that says what to do
     */
    public void require(long neededBytes) throws BootException {
        Optional<String> obstacle = obstacle(neededBytes);
        if (obstacle.isPresent()) {
            throw new BootException(obstacle.get());
        }
    }

    /** Space for this user where the folder is, or will be. Needs no visible mount point, as in a chroot. */
    public long usableBytes() {
        return existing().toFile().getUsableSpace();
    }

    private Path existing() {
        Path existing = folder;
        while (!Files.exists(existing)) {
            Path parent = existing.getParent();
            if (parent == null) {
                return existing;
            }
            existing = parent;
        }
        return existing;
    }

    /** Whether a thing is there, complete. */
    public boolean has(String name) {
        return Files.isDirectory(folder.resolve(name));
    }

    /**
     * Returns a thing, made now if it is not there. Waits for another process that is making it.
     *
     * @param name a folder name; change it when the contents are to change
     * @param builder fills an empty folder, which is removed if it fails
     * @return the finished folder
     * @throws BootException if the builder says so or the folder cannot be written
     */
    public Path obtain(String name, Builder builder) throws BootException {
        Path finished = folder.resolve(name);
        if (Files.isDirectory(finished)) {
            return finished;
        }
        synchronized (ONE_BUILD_PER_PROCESS) {
            try {
                Files.createDirectories(folder);
                try (FileChannel channel = FileChannel.open(
                                folder.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = lock(channel, name)) {
                    if (lock.isValid() && !Files.isDirectory(finished)) {
                        build(name, finished, builder);
                    }
                }
            } catch (IOException e) {
                throw new BootException(
                        "cannot write " + folder + " (" + FileTrouble.why(e)
                                + "): set VSND_CACHE to a folder with 1 GB of room",
                        e);
            }
        }
        return finished;
    }

    private FileLock lock(FileChannel channel, String name) throws IOException {
        FileLock free = channel.tryLock();
        if (free != null) {
            return free;
        }
        LOGGER.log(System.Logger.Level.INFO, "waiting for another vsnd that is making " + name + " in " + folder);
        return channel.lock();
    }

    private void build(String name, Path finished, Builder builder) throws BootException, IOException {
        Path half = folder.resolve(name + ".part");
        deleteTree(half); // left by a process that was killed: we hold the lock, so nobody works on it
        Files.createDirectories(half);
        try {
            builder.build(half);
            Files.move(half, finished, StandardCopyOption.ATOMIC_MOVE);
        } catch (BootException | IOException | RuntimeException e) {
            deleteTree(half);
            throw e;
        }
    }

    /** Removes a folder and everything in it, if it is there. Links are removed, not followed. */
    public static void deleteTree(Path top) throws IOException {
        try {
            for (Path path : MoreFiles.fileTraverser().depthFirstPostOrder(top)) {
                Files.deleteIfExists(path);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Size of the files in a folder, in bytes, as far as it can be seen while others write there. */
    static long usedBytes(Path top) {
        try (Stream<Path> walk = Files.walk(top)) {
            return walk.map(Path::toFile)
                    .filter(File::isFile)
                    .mapToLong(File::length)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    /** Makes one thing. */
    @FunctionalInterface
    public interface Builder {
        /**
         * Fills the folder.
         *
         * @param folder exists, is empty, and gets its final name only after this method has returned
         */
        void build(Path folder) throws BootException, IOException;
    }
}
