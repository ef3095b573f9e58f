// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.cli.boot.Children;

/** A running irqtap between QEMU and vsnd; irqtap.c says what it does. One thread. */
public final class IrqTap implements AutoCloseable {
    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;
    private final Path listen;

    private IrqTap(Process process, Path listen) {
        this.process = process;
        this.listen = listen;
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it; the client may connect when this returns.
     *
     * @param listen where the client will connect
     * @param server where vsnd listens
     */
    public static IrqTap start(Path program, Path listen, Path server) throws BenchException {
        try {
            Process process =
                    Children.start(new ProcessBuilder(program.toString(), listen.toString(), server.toString())
                            .redirectError(ProcessBuilder.Redirect.INHERIT));
            IrqTap tap = new IrqTap(process, listen);
            tap.expect("listening");
            return tap;
        } catch (IOException e) {
            throw new BenchException("cannot start irqtap: " + e.getMessage(), e);
        }
    }

    /** Where the client connects. */
    public Path socket() {
        return listen;
    }

    /** Starts to write down interrupts, and the control beside it. */
    public void record(Shape shape) throws BenchException {
        command("record " + shape.periodFrames() + " " + Shape.RATE_HZ, "recording");
    }

    /** Ends that. */
    public Stamps stop() throws BenchException {
        try {
            Path file = Files.createTempFile("vsnd-stamps", ".bin");
            try {
                command("stop " + file, "stamps ");
                return Stamps.read(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new BenchException("cannot read irqtap's stamps: " + e.getMessage(), e);
        }
    }

    private void command(String line, String answer) throws BenchException {
        try {
            commands.write(line + "\n");
            commands.flush();
            expect(answer);
        } catch (IOException e) {
            throw new BenchException("irqtap has ended at \"" + line + "\": " + e.getMessage(), e);
        }
    }

    private void expect(String start) throws BenchException, IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(start)) {
            throw new BenchException("irqtap said " + line + " and not " + start);
        }
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
