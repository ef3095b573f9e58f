// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.cli.Vsnd;
import org.vsnd.cli.boot.Children;

/** {@code vsnd serve} with many cards, in a virtual machine of its own with the memory that the launcher gives. */
final class CardsProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);

    private final Process process;
    private final Path folder;
    private final int cards;

    private CardsProcess(Process process, Path folder, int cards) {
        this.process = process;
        this.folder = folder;
        this.cards = cards;
    }

    /** Starts it, and waits until all its cards are there. */
    static CardsProcess start(Path folder, int cards) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xms32m",
                "-Xmx" + (256 + 16 * cards) + "m",
                "-Xss512k",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + folder.resolve("hs_err"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Vsnd.class.getName(),
                "serve",
                "--backend",
                "null",
                "--set",
                "outputs=16",
                "--stats",
                folder.resolve("stats").toString()));
        for (int card = 0; card < cards; card++) {
            command.addAll(List.of("--socket", socket(folder, card).toString()));
        }
        Process process = Children.start(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()));
        CardsProcess started = new CardsProcess(process, folder, cards);
        try {
            Waiting.until(
                    START_LIMIT,
                    () -> started.log().split("serving a sound card", -1).length > cards || !process.isAlive(),
                    () -> "vsnd serve did not start");
        } catch (Exception | AssertionError e) {
            started.close();
            throw e;
        }
        return started;
    }

    private static Path socket(Path folder, int card) {
        return folder.resolve("card" + card);
    }

    int cards() {
        return cards;
    }

    Path socket(int card) {
        return socket(folder, card);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** All that it said. */
    String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its memory that is in use. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("no VmRSS");
    }

    /** Entries of a folder of its in /proc: fd, task. */
    long count(String what) throws IOException {
        try (var entries = Files.list(Path.of("/proc", String.valueOf(process.pid()), what))) {
            return entries.count();
        }
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
