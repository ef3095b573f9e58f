// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Children;
import org.vsnd.cli.boot.Tool;

/** One program with an environment of its own and a log. One thread. */
final class ServerProcess implements AutoCloseable {
    private static final int TAIL_LINES = 4;
    private static final Duration GONE_LIMIT = Duration.ofSeconds(10);

    private final Process process;
    private final String name;
    private final Path log;
    private boolean frozen;

    private ServerProcess(Process process, String name, Path log) {
        this.process = process;
        this.name = name;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param debianPackage what has to be installed if the program is missing
     * @param environment everything it may know; {@code PATH} is added
     * @param folder for its log
     */
    static ServerProcess start(String debianPackage, List<String> command, Map<String, String> environment, Path folder)
            throws BootException {
        return start(debianPackage, command, environment, folder, ProcessBuilder.Redirect.from(new File("/dev/null")));
    }

    static ServerProcess start(
            String debianPackage,
            List<String> command,
            Map<String, String> environment,
            Path folder,
            ProcessBuilder.Redirect input)
            throws BootException {
        String name = command.get(0);
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        return launch(debianPackage, builder, environment, log);
    }

    /** Starts a program whose standard output is not a log. */
    static ServerProcess launch(String debianPackage, ProcessBuilder builder, Map<String, String> environment, Path log)
            throws BootException {
        String name = builder.command().get(0);
        if (Tool.find(name) == null) {
            throw new BootException(name + " is missing: apt-get install " + debianPackage);
        }
        builder.environment().keySet().removeIf(key -> !key.equals("PATH"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().putAll(environment);
        try {
            return new ServerProcess(Children.start(builder), name, log);
        } catch (IOException e) {
            throw new BootException("cannot start " + name + ": " + e.getMessage(), e);
        }
    }

    Process process() {
        return process;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Fails with the end of its log if it has ended. */
    void requireAlive() throws BootException {
        if (!process.isAlive()) {
            throw new BootException(name + " has ended with exit code " + process.exitValue() + ": " + complaint());
        }
    }

    /** The end of its log. */
    String complaint() {
        try {
            return Tool.tail(Files.readString(log), TAIL_LINES);
        } catch (IOException e) {
            return "(no log)";
        }
    }

    void kill() throws BootException {
        process.destroyForcibly();
        Await.until(GONE_LIMIT, () -> !process.isAlive(), () -> "the end of " + name);
    }

    void freeze() throws BootException {
        frozen = true;
        signal("STOP");
    }

    void thaw() throws BootException {
        signal("CONT");
        frozen = false;
    }

    private void signal(String signal) throws BootException {
        Tool.of("kill", "-" + signal, Long.toString(process.pid())).run();
    }

    /** Ends it, whatever state it is in. */
    @Override
    public void close() {
        if (frozen) {
            process.destroyForcibly(); // it would not see anything else
        }
        Children.end(process);
    }
}
