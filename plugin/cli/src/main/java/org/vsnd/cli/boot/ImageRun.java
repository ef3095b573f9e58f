// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.cli.serve.Front;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.server.ServerException;
import org.vsnd.spi.PluginException;

/**
 * A card on a socket and a machine with that card, until the machine ends. {@link #run} on one thread, {@link #close}
 * on any.
 */
public final class ImageRun implements AutoCloseable {
    /** When it is told to end, QEMU first writes to the images what it still holds. */
    private static final Duration END_LIMIT = Duration.ofSeconds(20);

    private final Qemu qemu;
    private final Front front;
    private final Machine machine;
    private final Path folder;
    private @Nullable ServedDevice card;
    private @Nullable Process process;
    private boolean logMade;
    private boolean closed;

    /** Prepares a folder for the socket; {@link #close} removes it. */
    public ImageRun(AttachingQemu attaching, Machine machine) throws BootException {
        this.qemu = attaching.qemu();
        this.front = attaching.front();
        this.machine = machine;
        try {
            folder = Files.createTempDirectory("vsnd-boot");
        } catch (IOException e) {
            throw new BootException(
                    "cannot make a temporary folder (" + FileTrouble.why(e)
                            + "): set VSND_JAVA_OPTS=-Djava.io.tmpdir=FOLDER to one you may write to",
                    e);
        }
    }

    /**
     * Runs the machine to its end.
     *
     * @param options the card's
     * @return whether the card served it to the end
     * @throws BootException if QEMU cannot be started or fails; its own error is on standard error
     */
    public boolean run(Map<String, String> options)
            throws BootException, PluginException, ServerException, InterruptedException {
        checkSerialLog();
        Path socket = folder.resolve("sound");
        ServedDevice served = new ServedDevice(front, socket, options, true);
        keep(served);
        served.start(); // first, since QEMU connects once and never again
        Process guest = keep(qemu.process(machine.arguments(front, socket)).inheritIO());
        int exitCode = guest.waitFor();
        boolean ending = isClosed();
        close();
        if (exitCode != 0 && !ending) {
            throw new BootException(
                    "QEMU (" + qemu.origin() + ") ended with exit code " + exitCode + ": see its message above");
        }
        return served.awaitEnd();
    }

    private void checkSerialLog() throws BootException {
        boolean there = Files.exists(machine.serialLog());
        try {
            Files.newByteChannel(machine.serialLog(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
            logMade = !there;
        } catch (IOException e) {
            throw new BootException(
                    "cannot write the log of the serial port, " + machine.serialLog() + " (" + FileTrouble.why(e)
                            + "): give --serial FILE in a folder you may write to",
                    e);
        }
    }

    /** An empty log is not left beside the image. */
    private void removeEmptyLog() throws IOException {
        if (logMade && Files.exists(machine.serialLog()) && Files.size(machine.serialLog()) == 0) {
            Files.delete(machine.serialLog());
        }
    }

    private synchronized void keep(ServedDevice served) {
        card = served;
        if (closed) {
            served.close();
        }
    }

    private synchronized Process keep(ProcessBuilder builder) throws BootException {
        if (closed) {
            throw new BootException("ended before QEMU was started");
        }
        try {
            process = Children.start(builder);
            return process;
        } catch (IOException e) {
            throw new BootException("cannot start QEMU (" + qemu.origin() + "): " + e.getMessage(), e);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Ends machine and card, in this order. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        if (process != null) {
            Children.end(process, END_LIMIT);
        }
        if (card != null) {
            card.close();
        }
        try {
            removeEmptyLog();
            CacheFolder.deleteTree(folder);
        } catch (IOException e) {
            System.getLogger(ImageRun.class.getName())
                    .log(System.Logger.Level.WARNING, "cannot remove " + folder + ": " + FileTrouble.why(e));
        }
    }
}
