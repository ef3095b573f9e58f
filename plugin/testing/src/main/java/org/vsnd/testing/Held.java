// SPDX-License-Identifier: Apache-2.0
package org.vsnd.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process holds.
 *
 * @param descriptors open ones
 * @param mappings pieces of memory files that are mapped
 * @param threads of the JVM as well
 */
public record Held(long descriptors, long mappings, long threads) {
    private static final int OF_THE_JVM = 4; // its class loader opens a file now and then, its compilers come and go

    /** Now. */
    public static Held now() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return new Held(
                    entries("fd"), maps.filter(line -> line.contains("/memfd:")).count(), entries("task"));
        }
    }

    private static long entries(String folder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of("/proc/self", folder))) {
            return entries.count();
        }
    }

    /** Whether nothing is held now that was not held then. */
    public boolean nothingMoreThan(Held before) {
        return descriptors <= before.descriptors + OF_THE_JVM
                && mappings <= before.mappings
                && threads <= before.threads + OF_THE_JVM;
    }
}
