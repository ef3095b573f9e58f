// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.nio.file.Path;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A DAC with a clock of its own: reads the FIFO of a {@link PulseServer.Builder#pipeSink pipe sink} and writes down what it
 * reads, and when. One thread.
 */
public final class PipeReader implements AutoCloseable {
    private final PipeClock clock;
    private final Path data;
    private final SoundFormat format;

    private PipeReader(PipeClock clock, Path data, SoundFormat format) {
        this.clock = clock;
        this.data = data;
        this.format = format;
    }

    /**
     * Starts it. Returns when its clock runs.
     *
     * @param format the sink's
     * @param folder takes what it reads
     */
    public static PipeReader start(PulseServer server, String sink, SoundFormat format, ConverterPace pace, Path folder)
            throws BootException {
        Path data = folder.resolve(sink + ".read");
        return new PipeReader(PipeClock.start("read", server.fifo(sink), format, pace, folder, data), data, format);
    }

    /** What it has read so far, whole frames. */
    public byte[] soFar() throws BootException {
        return Recorded.wholeFrames(data, format);
    }

    /** When it has read each of them. */
    public PipeTimes times() throws BootException {
        return clock.times();
    }

    /** Whether the machine lets its clock run at a real-time priority. */
    public boolean isRealtime() {
        return clock.isRealtime();
    }

    /** Ends it; what it has read can still be asked for. */
    public void stop() throws BootException {
        clock.stop();
    }

    @Override
    public void close() {
        clock.close();
    }
}
