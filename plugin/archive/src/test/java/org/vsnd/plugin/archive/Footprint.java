// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What this process has besides memory, as the system sees it: threads, descriptors, and mappings of temporary files.
 *
 * @param things how many of each
 */
record Footprint(Map<String, Integer> things) {
    private static final Path SELF = Path.of("/proc/self");
    /** Threads of the JDK's own, which come and go: those for child processes, for example. */
    private static final List<String> JDK_GROUPS = List.of("system", "InnocuousThreadGroup");
    /** Ends by itself half a minute after it was last needed; belongs to what is shared. */
    private static final String JNA_CLEANER = "JNA Cleaner";

    static Footprint now() throws IOException {
        Map<String, Integer> things = new TreeMap<>();
        for (List<String> some : List.of(threads(), descriptors(), temporaryMappings())) {
            some.forEach(thing -> things.merge(thing, 1, Integer::sum));
        }
        return new Footprint(things);
    }

    private static List<String> threads() {
        List<String> threads = new ArrayList<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            ThreadGroup group = thread.getThreadGroup();
            if (group != null
                    && !JDK_GROUPS.contains(group.getName())
                    && !thread.getName().equals(JNA_CLEANER)) {
                threads.add("thread " + thread.getName() + " " + thread.getId());
            }
        }
        return threads;
    }

    private static List<String> descriptors() throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(SELF.resolve("fd"))) {
            for (Path descriptor : descriptors.toList()) {
                try {
                    targets.add("descriptor of " + Files.readSymbolicLink(descriptor));
                } catch (IOException e) {
                    // closed meanwhile: the one of this very list, for example
                }
            }
        }
        return targets;
    }

    /** The libraries that JNA has unpacked, loaded and deleted: one for each class loader that JNA is in. */
    static List<String> jnaLibraries() throws IOException {
        return temporaryMappings().stream()
                .filter(name -> name.contains("/jna") && name.endsWith("(deleted)"))
                .toList();
    }

    /** Whether a library is loaded. */
    static boolean maps(String library) throws IOException {
        return mappings().stream().anyMatch(name -> name.contains("/" + library));
    }

    private static List<String> temporaryMappings() throws IOException {
        String temporary = System.getProperty("java.io.tmpdir");
        return mappings().stream()
                .filter(name -> name.endsWith("(deleted)") || name.startsWith("mapping of " + temporary))
                .toList();
    }

    private static List<String> mappings() throws IOException {
        return Files.readAllLines(SELF.resolve("maps")).stream()
                .filter(line -> line.indexOf('/') >= 0)
                .map(line -> "mapping of " + line.substring(line.indexOf('/')))
                .distinct()
                .toList();
    }

    /** What is there now and was not there before. */
    List<String> since(Footprint before) {
        return things.entrySet().stream()
                .filter(thing -> thing.getValue() > before.things.getOrDefault(thing.getKey(), 0))
                .map(thing -> thing.getValue() + " times " + thing.getKey())
                .toList();
    }
}
