// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;

/**
 * An ADC with a clock of its own: writes a signal to the FIFO of a {@link PulseServer.Builder#pipeSource pipe source},
 * silence after its end, and writes down when. What is due while nobody records is lost. One thread.
 */
public final class PipeWriter implements AutoCloseable {
    private final PipeClock clock;

    private PipeWriter(PipeClock clock) {
        this.clock = clock;
    }

    /**
     * Starts it. Returns when its clock runs.
     *
     * @param format the source's
     * @param signal interleaved frames, little-endian: frame n is given at {@link PipeTimes#nanosAtClock} of n
     * @param folder takes the signal and the times
     */
    public static PipeWriter start(
            PulseServer server, String source, SoundFormat format, ConverterPace pace, byte[] signal, Path folder)
            throws BootException {
        Path data = folder.resolve(source + ".signal");
        try {
            Files.write(data, signal);
        } catch (IOException e) {
            throw new BootException("cannot write " + data + ": " + e.getMessage(), e);
        }
        return new PipeWriter(PipeClock.start("write", server.fifo(source), format, pace, folder, data));
    }

    /** When it has given what. */
    public PipeTimes times() throws BootException {
        return clock.times();
    }

    /** Whether the machine lets its clock run at a real-time priority. */
    public boolean isRealtime() {
        return clock.isRealtime();
    }

    /** Ends it; the times can still be asked for. */
    public void stop() throws BootException {
        clock.stop();
    }

    @Override
    public void close() {
        clock.close();
    }
}
