// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vsnd.cli.boot.Children;
import org.vsnd.it.server.Census;

/** {@code vsnd serve} as the launcher starts it, in a process of its own. */
final class ServeProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(20);

    private final Process process;
    private final Path log;
    private final Path statistics;

    private ServeProcess(Process process, Path log, Path statistics) {
        this.process = process;
        this.log = log;
        this.statistics = statistics;
    }

    /** Starts it and waits until it serves each socket. Log and statistics go to files in the folder. */
    static ServeProcess start(Path folder, String... arguments) throws Exception {
        return start(folder, Map.of(), arguments);
    }

    /** The same with something more in its environment. */
    static ServeProcess start(Path folder, Map<String, String> environment, String... arguments) throws Exception {
        long sockets = Stream.of(arguments)
                .filter(each -> each.equals("--socket") || each.equals("--vhost-user"))
                .count();
        return start(folder, List.of(), environment, sockets, arguments);
    }

    /** The same on sockets that a program opened, which becomes {@code vsnd}: the last of its arguments are the command. */
    static ServeProcess startedBy(List<String> starter, Path folder, int sockets, String... arguments)
            throws Exception {
        return start(folder, starter, Map.of(), sockets, arguments);
    }

    private static ServeProcess start(
            Path folder, List<String> starter, Map<String, String> environment, long sockets, String... arguments)
            throws Exception {
        Path log = Files.createTempFile(folder, "serve", ".log");
        Path statistics = Path.of(log.toString().replace(".log", ".stats"));
        List<String> all = new ArrayList<>(List.of("serve", "--stats", statistics.toString()));
        all.addAll(List.of(arguments));
        ServeProcess serve = new ServeProcess(launch(starter, all, environment, log), log, statistics);
        try {
            Waiting.until(
                    START_LIMIT,
                    () -> serve.logged("serving a sound card on") == sockets || !serve.process.isAlive(),
                    () -> "vsnd serve did not start: " + serve.quietLog());
            assertThat(serve.process.isAlive()).as(serve.log()).isTrue();
        } catch (Exception | AssertionError e) {
            serve.close();
            throw e;
        }
        return serve;
    }

    /** Runs {@code vsnd} to its end, which must come soon. */
    static Ended run(Path folder, String... arguments) throws Exception {
        return runBy(List.of(), folder, arguments);
    }

    /** The same, started by a program that becomes {@code vsnd}: the last of its arguments are the command. */
    static Ended runBy(List<String> starter, Path folder, String... arguments) throws Exception {
        Path log = Files.createTempFile(folder, "run", ".log");
        Process process = launch(starter, List.of(arguments), Map.of(), log);
        try {
            assertThat(process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as("vsnd " + List.of(arguments) + " ends: " + Files.readString(log))
                    .isTrue();
            return new Ended(process.exitValue(), Files.readString(log));
        } finally {
            Children.end(process);
        }
    }

    /** Starts {@code vsnd}; all it says goes to the log. */
    static Process launch(List<String> arguments, Map<String, String> environment, Path log) throws IOException {
        return launch(List.of(), arguments, environment, log);
    }

    private static Process launch(
            List<String> starter, List<String> arguments, Map<String, String> environment, Path log)
            throws IOException {
        List<String> command = new ArrayList<>(starter);
        command.addAll(command());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().putAll(environment);
        return Children.start(builder);
    }

    /** {@code vsnd}, to be followed by its arguments. */
    static List<String> command() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(launcherFlags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.vsnd.cli.Vsnd"));
        return command;
    }

    /** The launcher's own flags for the JVM. */
    private static List<String> launcherFlags() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(folder.resolve("vsnd"))) {
            folder = folder.getParent();
        }
        String line = Files.readAllLines(folder.resolve("vsnd")).stream()
                .filter(each -> each.startsWith("flags=\"-"))
                .findFirst()
                .orElseThrow();
        List<String> flags =
                new ArrayList<>(List.of(line.substring(7, line.length() - 1).split(" ", -1)));
        if (Runtime.version().feature() >= 22) {
            flags.add("--enable-native-access=ALL-UNNAMED");
        }
        return flags;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Census census() throws IOException {
        return Census.of(pid());
    }

    /** All it has said so far. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** How many lines of the log contain a text. */
    long logged(String text) throws IOException {
        return log().lines().filter(line -> line.contains(text)).count();
    }

    void awaitLogged(String text, long times) throws Exception {
        Waiting.until(END_LIMIT, () -> logged(text) >= times, () -> "\"" + text + "\" in the log: " + quietLog());
    }

    private String quietLog() {
        try {
            return log();
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** The statistics as of a moment after this call. */
    JsonObject statistics() throws Exception {
        long now = System.currentTimeMillis();
        JsonObject[] found = new JsonObject[1];
        Waiting.until(
                END_LIMIT,
                () -> {
                    found[0] = lastStatistics();
                    return found[0] != null && found[0].get("time_ms").getAsLong() > now;
                },
                () -> "statistics in " + statistics);
        return found[0];
    }

    /** One stream of one device, in {@link #statistics()}. */
    static JsonObject stream(JsonObject statistics, int device, String name) {
        for (var stream : statistics
                .getAsJsonArray("devices")
                .get(device)
                .getAsJsonObject()
                .getAsJsonArray("streams")) {
            if (stream.getAsJsonObject().get("name").getAsString().equals(name)) {
                return stream.getAsJsonObject();
            }
        }
        throw new AssertionError("no stream " + name + " in " + statistics);
    }

    JsonObject lastStatistics() throws IOException {
        List<String> lines = Files.readString(statistics)
                .lines()
                .filter(line -> line.endsWith("}"))
                .collect(Collectors.toList());
        return lines.isEmpty()
                ? null
                : JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
    }

    /** Sends it a signal. */
    void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Waits for its end. @return the exit code, 128 + the signal's number if one ended it */
    int awaitEnd() throws Exception {
        assertThat(process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("vsnd serve ends: " + log())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        Children.end(process);
    }

    /** How a command ended and what it said. */
    record Ended(int exitCode, String output) {}
}
