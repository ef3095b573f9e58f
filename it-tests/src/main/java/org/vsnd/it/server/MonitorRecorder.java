// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;

/** {@code parec} recording from a source, for example a sink's monitor, into a file. One thread. */
public final class MonitorRecorder implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    private final ServerProcess process;
    private final Path file;
    private final SoundFormat format;

    private MonitorRecorder(ServerProcess process, Path file, SoundFormat format) {
        this.process = process;
        this.file = file;
        this.format = format;
    }

    /**
     * Starts it. Returns when it records: the first frames have come.
     *
     * @param source for example {@code NAME.monitor}
     * @param file where to keep what it records
     */
    public static MonitorRecorder start(AudioServer server, String source, SoundFormat format, Path file)
            throws BootException {
        List<String> command = List.of(
                "parec",
                "--device=" + source,
                "--raw",
                "--client-name=vsnd-recorder",
                "--latency-msec=20",
                "--format=" + PulseFormat.name(format),
                "--rate=" + format.rateHz(),
                "--channels=" + format.channels());
        Path log = Await.folder(file).resolve("parec.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                .redirectOutput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        MonitorRecorder recorder = new MonitorRecorder(
                ServerProcess.launch("pulseaudio-utils", builder, server.environment(), log), file, format);
        try {
            recorder.awaitFrames(1, START_LIMIT);
        } catch (BootException e) {
            recorder.close();
            throw e;
        }
        return recorder;
    }

    /** Frames recorded so far. */
    public long frames() {
        try {
            return Files.size(file) / format.frameBytes();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Waits until that many frames have been recorded since the start. */
    public void awaitFrames(long frames, Duration limit) throws BootException {
        Await.until(
                limit,
                () -> {
                    process.requireAlive();
                    return frames() >= frames;
                },
                () -> frames + " frames of a recording");
    }

    /** Waits for that many more frames: what was heard before has been recorded then, if it is more than the latency. */
    public void awaitMore(long frames) throws BootException {
        long rateHz = format.rateHz();
        awaitFrames(frames() + frames, START_LIMIT.plusSeconds(frames / rateHz));
    }

    /** What it has recorded so far, whole frames. */
    public byte[] soFar() throws BootException {
        return Recorded.wholeFrames(file, format);
    }

    /** Whether it still records; it ends with its server. */
    public boolean isRecording() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.close();
    }
}
