// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a benchmark of several parts is told besides which of them to make: a mixin for its command. */
public final class RunOptions {
    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Length of each measurement (default: each part's own).")
    private int seconds;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Where to write; without it, a full run goes to its document in docs, a shorter one nowhere.")
    private @Nullable Path out;

    /**
     * How long a measurement lasts.
     *
     * @param full in a full run
     */
    public int seconds(int full) {
        return seconds > 0 ? seconds : full;
    }

    /**
     * Where to write what was measured; null: nowhere.
     *
     * @param document of a full run
     * @param everyPart whether all parts are made
     */
    public @Nullable Path target(Path document, boolean everyPart) {
        return out == null && everyPart && seconds == 0 ? document : out;
    }
}
