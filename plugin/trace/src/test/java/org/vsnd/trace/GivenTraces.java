// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Traces of guests with other cards, and with this one: whatever lies in a folder of its own below {@code traces}. */
public final class GivenTraces {
    private static final Path TRACES = Path.of("src/test/resources/traces");
    private static final Path HAIKU = TRACES.resolve("haiku");

    private GivenTraces() {}

    /** Every trace, by guest and name. */
    public static List<Path> all() {
        return in(TRACES);
    }

    /** What Haiku's driver did against another card, by name. */
    public static List<Path> haiku() {
        return in(HAIKU);
    }

    private static List<Path> in(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of a guest's, without {@code .jsonl}. */
    public static Path named(String guest, String name) {
        return TRACES.resolve(guest).resolve(name + ".jsonl");
    }

    /** One of Haiku's, without {@code .jsonl}. */
    public static Path named(String name) {
        return HAIKU.resolve(name + ".jsonl");
    }
}
