package org.vsnd.it.trace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Haiku's driver did against another card. */
public final class GivenTraces {
    private static final Path FOLDER = Path.of("src/test/resources/traces/haiku");

    private GivenTraces() {}

    /** Every trace, by name. */
    public static List<Path> all() {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of them, without {@code .jsonl}. */
    public static Path named(String name) {
        return FOLDER.resolve(name + ".jsonl");
    }
}
