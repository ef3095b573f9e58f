// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Children;
import org.vsnd.it.server.AudioServer;
import org.vsnd.it.server.PulseFormat;
import org.vsnd.it.server.RealTime;
import org.vsnd.measure.LineFit;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.nativebind.libc.RealtimePriority;

/** {@code parec} recording from a source, with the time at which each piece came. */
public final class StampedRecorder implements AutoCloseable {
    /** PulseAudio's own, for parec and what reads from it: no piece is late because something else is busy. */
    private static final int PRIORITY = 5;

    private static final int PIECE_BYTES = 1 << 16;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int END_MILLIS = 5_000;

    private final Process process;
    private final SoundFormat format;
    private final Thread thread;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final List<SourceClock.Piece> pieces = new ArrayList<>();

    private StampedRecorder(Process process, SoundFormat format) {
        this.process = process;
        this.format = format;
        thread = new Thread(this::read, "vsnd-bench-recorder");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Starts it.
     *
     * @param source for example {@code NAME.monitor}
     * @param log takes its complaints
     */
    public static StampedRecorder start(AudioServer server, String source, SoundFormat format, Path log)
            throws BenchException, BootException {
        ProcessBuilder builder = new ProcessBuilder(
                        "parec",
                        "--device=" + source,
                        "--raw",
                        "--latency-msec=20",
                        "--format=" + PulseFormat.name(format),
                        "--rate=" + format.rateHz(),
                        "--channels=" + format.channels())
                .redirectError(log.toFile());
        builder.environment().putAll(server.environment());
        try {
            Process process = Children.start(builder);
            RealTime.raise(process.pid(), PRIORITY);
            return new StampedRecorder(process, format);
        } catch (IOException e) {
            throw new BenchException("cannot start parec: apt-get install pulseaudio-utils", e);
        }
    }

    private void read() {
        RealtimePriority.request(PRIORITY);
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream in = process.getInputStream()) {
            for (int length = in.read(piece); length > 0; length = in.read(piece)) {
                long now = System.nanoTime();
                data.write(piece, 0, length);
                pieces.add(new SourceClock.Piece(data.size() / format.frameBytes(), now));
            }
        } catch (IOException e) {
            process.destroy(); // there is no more to read: it was told to end
        }
    }

    /** Ends it. Nothing else may be asked for before. */
    public void stop() throws InterruptedException {
        Children.end(process);
        thread.join(END_MILLIS);
    }

    /** What was recorded. */
    public byte[] data() {
        return data.toByteArray();
    }

    /** When a frame ended, in nanoseconds of the monotonic clock, if its piece came at its end; NaN if there is none. */
    public double endOf(long frame) {
        for (SourceClock.Piece piece : pieces) {
            if (frame < piece.endFrame()) {
                return piece.nanos() - (piece.endFrame() - 1 - frame) * NANOS_PER_SECOND / format.rateHz();
            }
        }
        return Double.NaN;
    }

    /** Frames against nanoseconds, the recorded device's clock, as it was from one time to another. */
    public LineFit clockBetween(long fromNanos, long toNanos) throws BenchException {
        return SourceClock.of(pieces, format.rateHz(), fromNanos, toNanos);
    }

    @Override
    public void close() {
        Children.end(process);
    }
}
