// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.record.TraceRecorder;

/** A recording that nobody looks at, but that must be whole. */
final class TemporaryTrace implements AutoCloseable {
    private final Path file;
    private final TraceRecorder recorder;

    TemporaryTrace() {
        try {
            file = Files.createTempFile("vsnd-trace", ".jsonl");
            recorder = TraceRecorder.open(file, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    TraceRecorder recorder() {
        return recorder;
    }

    @Override
    public void close() {
        recorder.close();
        try {
            Trace trace = TraceReader.read(file);
            assertThat(trace.steps())
                    .noneMatch(step -> step instanceof TraceStep.Unknown || step instanceof TraceStep.Lost);
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (TraceException e) {
            throw new AssertionError(e);
        }
    }
}
