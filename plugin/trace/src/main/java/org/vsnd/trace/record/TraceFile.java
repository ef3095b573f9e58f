// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.TraceWriter;

/** A trace file that has whole lines only, also when the process is killed. One thread. */
final class TraceFile implements AutoCloseable {
    private static final int GATHERED_BYTES = 64 << 10;

    private final OutputStream file;
    private final AsciiBuffer gathered = new AsciiBuffer(2 * GATHERED_BYTES);
    private final TraceWriter lines = new TraceWriter(gathered);

    /** Makes or empties the file. */
    TraceFile(Path path) throws IOException {
        file = Files.newOutputStream(path);
    }

    void write(TraceStep step) throws IOException {
        lines.write(step);
        if (gathered.length() >= GATHERED_BYTES) {
            flush();
        }
    }

    /** Everything written so far reaches the file, in one piece. */
    void flush() throws IOException {
        if (gathered.length() > 0) {
            gathered.drainTo(file);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
