// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import java.nio.file.Path;
import java.util.List;

/**
 * A trace as it was read: step i stands in line i + 1.
 *
 * @param file where it was read from; its data files lie beside it
 */
public record Trace(Path file, List<TraceStep> steps) {
    /** Keeps a copy of the list. */
    public Trace {
        steps = List.copyOf(steps);
    }

    /** The file's name without its ending. */
    public String name() {
        return String.valueOf(file.getFileName()).replaceFirst("\\.jsonl$", "");
    }
}
