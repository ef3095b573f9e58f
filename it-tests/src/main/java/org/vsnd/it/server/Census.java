// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process holds: its open descriptors by kind, the guest memory it maps, its threads. Jars, WAV files, and the
 * threads the JVM starts and ends as it likes do not count.
 */
public record Census(Map<String, Integer> descriptors, long guestMappings, List<String> threads) {
    /** Of a process that runs. */
    public static Census of(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        Map<String, Integer> descriptors = new TreeMap<>();
        for (Path fd : list(proc.resolve("fd"))) {
            String kind = kind(fd);
            if (!kind.isEmpty() && !kind.matches(".*\\.(jar|wav)|.*/modules")) {
                descriptors.merge(kind, 1, Integer::sum);
            }
        }
        long guestMappings;
        try (Stream<String> maps = Files.lines(proc.resolve("maps"))) {
            guestMappings = maps.filter(line -> line.contains("/memfd:")).count();
        }
        return new Census(descriptors, guestMappings, threads(proc));
    }

    private static List<String> threads(Path proc) throws IOException {
        return list(proc.resolve("task")).stream()
                .map(task -> read(task.resolve("comm")).strip())
                .filter(name ->
                        !name.isEmpty() && !name.matches("C[12] Compiler.*|process reaper|Sweeper.*|Attach Listener"))
                .sorted()
                .collect(Collectors.toList());
    }

    private static String kind(Path fd) throws IOException {
        try {
            return Files.readSymbolicLink(fd)
                    .toString()
                    .replaceAll(":\\[\\d+]", "")
                    .replace(" (deleted)", "");
        } catch (NoSuchFileException e) {
            return ""; // closed meanwhile
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return ""; // a thread that ended meanwhile
        }
    }
}
