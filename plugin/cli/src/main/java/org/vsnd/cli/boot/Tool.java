// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a system tool: without a shell, with a time limit, its output kept, and errors reported to the operator.
 */
public final class Tool {
    private static final int TAIL_LINES = 6;

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new java.util.HashMap<>();
    private @Nullable Path folder;
    private Duration limit = Duration.ofMinutes(10);

    private Tool(List<String> command) {
        this.command.addAll(command);
    }

    /**
     * Tells about a step.
     *
     * @param command the program, looked up in {@code PATH}, and its arguments
     */
    public static Tool of(String... command) {
        return new Tool(List.of(command));
    }

    /**
     * Tells about a step.
     *
     * @param command the program, looked up in {@code PATH}, and its arguments
     */
    public static Tool of(List<String> command) {
        return new Tool(command);
    }

    /** Adds arguments. */
    public Tool with(List<String> arguments) {
        command.addAll(arguments);
        return this;
    }

    /** Adds an environment variable. */
    public Tool env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Runs it in a folder other than the current one. */
    public Tool in(Path workingFolder) {
        folder = workingFolder;
        return this;
    }

    /** Sets a time limit other than ten minutes. */
    public Tool within(Duration timeLimit) {
        limit = timeLimit;
        return this;
    }

    /**
     * Runs it.
     *
     * @return what it wrote on standard output and standard error
     * @throws BootException if it cannot be started, takes too long or ends with an exit code other than 0
     */
    public String run() throws BootException {
        Result result = attempt();
        if (result.exitCode() != 0) {
            throw new BootException(
                    name() + " failed with exit code " + result.exitCode() + ": " + tail(result.output(), TAIL_LINES));
        }
        return result.output();
    }

    /**
     * Runs it and returns its exit code, whatever it is.
     *
     * @throws BootException if it cannot be started or takes too long
     */
    public Result attempt() throws BootException {
        Path log;
        try {
            log = Files.createTempFile("vsnd-tool", ".log");
        } catch (IOException e) {
            throw new BootException(
                    "cannot write temporary files: set VSND_JAVA_OPTS=-Djava.io.tmpdir=FOLDER to one you may write to",
                    e);
        }
        try {
            int exitCode = runInto(log);
            return new Result(exitCode, Files.readString(log, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new BootException("cannot run " + name() + ": " + e.getMessage(), e);
        } finally {
            deleteQuietly(log);
        }
    }

    private int runInto(Path log) throws IOException, BootException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        Process process = Children.start(builder);
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            throw new BootException(name() + " took longer than " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BootException("interrupted while " + name() + " ran", e);
        } finally {
            Children.end(process);
        }
    }

    private String name() {
        Path file = Path.of(command.get(0)).getFileName();
        return file == null ? command.get(0) : file.toString();
    }

    private static void deleteQuietly(Path log) {
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            log.toFile().deleteOnExit();
        }
    }

    /** The last lines of a text, joined so that they fit one message. */
    public static String tail(String text, int lines) {
        List<String> all = text.lines().filter(line -> !line.isBlank()).toList();
        return String.join(" | ", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    /** Where a program is, or null if {@code PATH} does not have it. */
    public static @Nullable Path find(String program) {
        String path = System.getenv("PATH");
        for (String part : (path == null ? "/usr/bin:/bin" : path).split(":", -1)) {
            Path candidate = Path.of(part.isEmpty() ? "." : part, program);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** How a run ended and what it wrote. */
    public record Result(int exitCode, String output) {}
}
