// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.TraceStep;

/**
 * Records what one function and its guest say to each other into a file, as a trace that can be replayed: every access,
 * the chains of the queues with their bytes, interrupts and resets, with times. It stands between host and function, so
 * any host will do: {@code recorder.around(host, recorded -> plugin.create(recorded, options))}.
 *
 * <p>The device thread copies what passes by into a ring of bounded size; it never waits for the file and allocates
 * nothing. If the disk cannot keep up, steps are left out, and the trace says so where they are missing. A thread of its
 * own writes the file; whole lines reach it, at least once a second, so that a trace of a killed process can be read.
 */
public final class TraceRecorder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TraceRecorder.class.getName());
    private static final int RING_BYTES = 32 << 20;
    /** Often enough for a ring of this size to take more than a gigabyte a second. */
    private static final long REST_NANOS = 20_000_000;

    /** Makes the function to be recorded. */
    @FunctionalInterface
    public interface FunctionFactory {
        /** Makes it with this host. */
        PciFunction create(Host host) throws PluginException;
    }

    private final Path file;
    private final StepRing ring;
    private final TraceFile out;
    private final StepReader steps;
    private final Thread writer;
    private volatile boolean closing;
    private volatile @Nullable StepLog log;
    private boolean lossTold;

    private TraceRecorder(Path file, boolean withData, int ringBytes) throws IOException {
        this.file = file;
        ring = new StepRing(ringBytes);
        ContentReader content = new ContentReader(withData ? new DataFiles(file) : null);
        out = new TraceFile(file);
        steps = new StepReader(ring, content, this::write);
        writer = new Thread(this::run, "vsnd-recorder-" + file.getFileName());
        writer.setDaemon(true);
    }

    /**
     * Begins a recording.
     *
     * @param file made or emptied
     * @param withData whether the bytes of buffers of more than 512 bytes are kept, in numbered files in the folder
     *     {@code NAME.data} beside the trace; without, their checksums are
     * @throws IOException if the file or the folder cannot be made
     */
    public static TraceRecorder open(Path file, boolean withData) throws IOException {
        return open(file, withData, RING_BYTES);
    }

    /** @param ringBytes a power of two */
    static TraceRecorder open(Path file, boolean withData, int ringBytes) throws IOException {
        TraceRecorder recorder = new TraceRecorder(file, withData, ringBytes);
        recorder.writer.start();
        return recorder;
    }

    /**
     * Makes a function that is recorded from now on. Once in a recorder's life. The function stays the caller's, who
     * closes it before the recorder.
     *
     * @param host the function's host
     * @param factory makes the function, with the host it is given
     * @throws PluginException if the factory throws it
     */
    public PciFunction around(Host host, FunctionFactory factory) throws PluginException {
        if (log != null) {
            throw new IllegalStateException("one recorder records one function");
        }
        StepLog made = new StepLog(ring, host.thread());
        log = made;
        RecordedMemory memory = new RecordedMemory(host.memory());
        PciFunction function =
                factory.create(new RecordedHost(host, memory, new RecordedInterrupts(host.interrupts(), made)));
        VirtioLayout layout = VirtioLayout.of(function);
        DriverView view = new DriverView(function, layout);
        RingSteps rings = new RingSteps(host.memory(), view, made);
        memory.watch(rings);
        return new RecordedFunction(function, layout, view, rings, made);
    }

    /** Ends the recording: the file is whole when this returns. Idempotent; any thread but the device's. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(writer);
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (out) {
            boolean last;
            do {
                LockSupport.parkNanos(REST_NANOS);
                last = closing;
                steps.drain();
                if (last) {
                    writeLastLoss();
                }
                out.flush();
            } while (!last);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the recording has ended, " + file + " cannot be written: " + e.getMessage());
        }
    }

    private void writeLastLoss() throws IOException {
        StepLog from = log;
        if (from != null && from.lost() > 0) {
            write(new TraceStep.Lost(from.nanos() / 1000, StepReader.RECORDER, from.lost()));
        }
    }

    private void write(TraceStep step) throws IOException {
        if (step instanceof TraceStep.Lost && !lossTold) {
            lossTold = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "steps are missing in the recording " + file + ", which cannot be written fast enough:"
                            + " record to a faster disk, or without data files");
        }
        out.write(step);
    }
}
