// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;

/** {@code pacat} playing frames into a sink: what is heard on the sink's monitor, a source. One thread. */
public final class FilePlayer implements AutoCloseable {
    private final ServerProcess process;

    private FilePlayer(ServerProcess process) {
        this.process = process;
    }

    /**
     * Starts it. Returns before anything is heard.
     *
     * @param frames interleaved, little-endian
     * @param file where to keep them while it plays; its folder takes a log
     */
    public static FilePlayer start(AudioServer server, String sink, SoundFormat format, byte[] frames, Path file)
            throws BootException {
        try {
            Files.write(file, frames);
        } catch (IOException e) {
            throw new BootException("cannot write " + file + ": " + e.getMessage(), e);
        }
        List<String> command = List.of(
                "pacat",
                "--playback",
                "--device=" + sink,
                "--raw",
                "--client-name=vsnd-player",
                "--latency-msec=1000", // it may not get a processor for some time
                "--format=" + PulseFormat.name(format),
                "--rate=" + format.rateHz(),
                "--channels=" + format.channels());
        return new FilePlayer(ServerProcess.start(
                "pulseaudio-utils",
                command,
                server.environment(),
                Await.folder(file),
                ProcessBuilder.Redirect.from(file.toFile())));
    }

    /** Waits until everything has been played. */
    public void awaitEnd(Duration limit) throws BootException {
        Await.until(limit, () -> !process.isAlive(), () -> "the end of the sound: " + process.complaint());
        if (process.process().exitValue() != 0) {
            throw new BootException("pacat failed: " + process.complaint());
        }
    }

    /** Whether it still plays. */
    public boolean isPlaying() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.close();
    }
}
