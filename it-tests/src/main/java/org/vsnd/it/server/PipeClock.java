// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Children;
import org.vsnd.measure.sound.SoundFormat;

/** A running pipeclock, see pipeclock.c. One thread. */
final class PipeClock implements AutoCloseable {
    private static final Path SOURCE = Path.of("src/main/server/pipeclock.c");
    private static @Nullable Path program;

    private final Process process;
    private final BufferedReader answers;
    private final Path pieces;
    private final boolean realtime;

    private PipeClock(Process process, Path pieces) throws IOException, BootException {
        this.process = process;
        this.pieces = pieces;
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        realtime = expect("running").endsWith("realtime");
    }

    /**
     * Starts it. Returns when its clock runs.
     *
     * @param verb {@code read} or {@code write}
     * @param folder takes what it writes
     * @param data in the folder: what it reads goes there, what it writes is there
     */
    static PipeClock start(String verb, Path fifo, SoundFormat format, ConverterPace pace, Path folder, Path data)
            throws BootException {
        Path pieces = folder.resolve(data.getFileName() + ".pieces");
        List<String> command = List.of(
                program().toString(),
                verb,
                fifo.toString(),
                Integer.toString(format.frameBytes()),
                Integer.toString(format.rateHz()),
                Long.toString(pace.ppb()),
                Integer.toString(pace.tickFrames()),
                Integer.toString(pace.pipeBytes()),
                pieces.toString(),
                data.toString());
        try {
            Process process =
                    Children.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
            try {
                return new PipeClock(process, pieces);
            } catch (BootException e) {
                Children.end(process);
                throw e;
            }
        } catch (IOException e) {
            throw new BootException("cannot start pipeclock: " + e.getMessage(), e);
        }
    }

    private static synchronized Path program() throws BootException {
        if (program == null) {
            try {
                Path target = Files.createTempFile("vsnd-pipeclock", "");
                target.toFile().deleteOnExit();
                program = CProgram.build(SOURCE, target);
            } catch (IOException e) {
                throw new BootException("cannot write to the folder for temporary files: set -Djava.io.tmpdir", e);
            }
        }
        return program;
    }

    private String expect(String start) throws IOException, BootException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(start)) {
            throw new BootException("pipeclock said " + line + " and not " + start);
        }
        return line;
    }

    /** Whether the machine lets its clock run at a real-time priority. */
    boolean isRealtime() {
        return realtime;
    }

    /** What it has moved so far and when. */
    PipeTimes times() throws BootException {
        try {
            return PipeTimes.read(Files.readAllBytes(pieces));
        } catch (IOException e) {
            throw new BootException("cannot read " + pieces + ": " + e.getMessage(), e);
        }
    }

    /** Ends it when everything is in its files. */
    void stop() throws BootException {
        try {
            process.getOutputStream().close();
            expect("done");
        } catch (IOException e) {
            throw new BootException("pipeclock has ended by itself: " + e.getMessage(), e);
        } finally {
            Children.end(process);
        }
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
