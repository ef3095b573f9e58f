// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.vsnd.cli.boot.Children;
import org.vsnd.it.server.CProgram;

/**
 * {@code vsnd serve} under a small service manager that stands for systemd: it keeps the descriptors that the service stores, and
 * starts it again whenever it ends.
 */
final class ManagedService implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * What the manager said.
     *
     * @param micros when, by the wall clock
     * @param what "started", "ready", "ended", "full", "stored"
     * @param number of the start
     * @param more the process, or its status
     * @param stored descriptors in the store
     */
    record Event(long micros, String what, int number, long more, int stored) {}

    private final Process manager;
    private final Path log;
    private final List<Event> events = new CopyOnWriteArrayList<>();

    private ManagedService(Process manager, Path log) {
        this.manager = manager;
        this.log = log;
        Thread reader = new Thread(this::read, "service-manager");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts it and waits until it serves.
     *
     * @param most how many descriptors the manager keeps
     * @param sockets NAME=PATH each
     * @param arguments of {@code vsnd serve}; {@code %n} is the number of the start
     */
    static ManagedService start(Path folder, int most, List<String> sockets, String... arguments) throws Exception {
        Path program = CProgram.build(Path.of("src/main/manager/fdstore.c"), folder.resolve("fdstore"));
        Path log = Files.createTempFile(folder, "managed", ".log");
        List<String> command = new ArrayList<>(List.of(program.toString(), folder.toString(), Integer.toString(most)));
        command.addAll(sockets);
        command.add("--");
        command.addAll(ServeProcess.command());
        command.add("serve");
        command.addAll(List.of(arguments));
        ManagedService service =
                new ManagedService(Children.start(new ProcessBuilder(command).redirectError(log.toFile())), log);
        try {
            service.awaitReady(1);
        } catch (Exception | AssertionError e) {
            service.close();
            throw e;
        }
        return service;
    }

    private void read() {
        try (BufferedReader lines = manager.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] word = line.split(" ", -1);
                events.add(new Event(
                        Long.parseLong(word[0]),
                        word[1],
                        Integer.parseInt(word[2]),
                        Long.parseLong(word[3]),
                        Integer.parseInt(word[4])));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Event await(String what, int number) throws Exception {
        Waiting.until(LIMIT, () -> find(what, number) != null, () -> what + " " + number + ": " + log());
        return find(what, number);
    }

    private Event find(String what, int number) {
        return events.stream()
                .filter(event -> event.what().equals(what) && event.number() == number)
                .findFirst()
                .orElse(null);
    }

    /** Waits until so many starts were ready. */
    Event awaitReady(int start) throws Exception {
        return await("ready", start);
    }

    /** How often it was started. */
    int starts() {
        return (int)
                events.stream().filter(event -> event.what().equals("started")).count();
    }

    /** How often a descriptor was refused because the store was full. */
    long refused() {
        return events.stream().filter(event -> event.what().equals("full")).count();
    }

    /** The process that serves now. */
    long pid() throws Exception {
        return await("started", starts()).more();
    }

    /** Sends a signal to the process that serves, beside one that is ready to go on, under the supervisor. */
    void signalActive(String signal) throws Exception {
        long pid = ProcessHandle.of(pid())
                .orElseThrow()
                .children()
                .min(Comparator.comparing(child -> child.info().startInstant().orElseThrow()))
                .orElseThrow()
                .pid();
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor();
    }

    /** Waits until a process was ready for the so manieth time, in whatever start. */
    Event awaitReadies(int times) throws Exception {
        Waiting.until(LIMIT, () -> readies().size() >= times, () -> times + " times ready: " + log());
        return readies().get(times - 1);
    }

    private List<Event> readies() {
        return events.stream().filter(event -> event.what().equals("ready")).toList();
    }

    /** How many lines of the log contain a text. */
    long logged(String text) {
        return log().lines().filter(line -> line.contains(text)).count();
    }

    void awaitLogged(String text, long times) throws Exception {
        Waiting.until(LIMIT, () -> logged(text) >= times, () -> times + " times '" + text + "' in the log: " + log());
    }

    /** Sends a signal to the service; returns how its life ended, when that is so. */
    Event end(String signal) throws Exception {
        int number = starts();
        new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start().waitFor();
        return await("ended", number);
    }

    /** How many descriptors are stored now. */
    int stored() throws Exception {
        long before =
                events.stream().filter(event -> event.what().equals("stored")).count();
        say("stored");
        Waiting.until(
                LIMIT,
                () -> events.stream()
                                .filter(event -> event.what().equals("stored"))
                                .count()
                        > before,
                () -> "an answer");
        return events.stream()
                .filter(event -> event.what().equals("stored"))
                .reduce((one, later) -> later)
                .orElseThrow()
                .stored();
    }

    private void say(String line) throws IOException {
        Writer writer = manager.outputWriter(StandardCharsets.UTF_8);
        writer.write(line + "\n");
        writer.flush();
    }

    /** All that the service said. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the service, and waits for what it has started: it may still write its state. */
    @Override
    public void close() {
        List<ProcessHandle> started = manager.descendants().toList();
        try {
            say("quit");
            manager.waitFor();
            CompletableFuture.allOf(started.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .completeOnTimeout(null, LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (IOException e) {
            Children.end(manager);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Children.end(manager);
        }
    }
}
