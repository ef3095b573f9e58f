// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PositionReports;

/** What is said to be heard against what an independent reader of a pipe sink really has. */
class PulseLatencyTest {
    private static final int READ_FRAMES = 48;
    private static final long READ_NANOS = 1_000_000;
    private static final int REPORTS = 12; // five a second from a sink that is read in chunks
    private static final double FRAMES_PER_MILLI = 48;

    private final ConcurrentSkipListMap<Long, Integer> heard = new ConcurrentSkipListMap<>(); // nanos to frame
    private volatile boolean stop;

    @Test
    void whatIsReportedIsWhatTheReaderOfAPipeHears() throws Exception {
        Path folder = Files.createTempDirectory("vsndpipe");
        Path fifo = folder.resolve("fifo");
        try (TestServer server = TestServer.start(
                        "module-pipe-sink sink_name=fifo file=" + fifo + " format=s16le rate=48000 channels=2");
                PulseBackend backend = PulseBackend.open("fifo", server.address())) {
            Thread reader = new Thread(() -> read(fifo), "fifo reader");
            reader.start();
            AudioSink sink = backend.openSink(Device.PARAMS, "output 0");
            sink.start();
            List<Double> errors = errors(sink);
            stop = true;
            reader.join();

            // the reader takes a millisecond at a time, so half of one is its own; the rest is a busy machine's
            assertThat(errors.get(errors.size() / 2)).isBetween(-3.0, 3.0);
        } finally {
            Files.deleteIfExists(fifo);
            Files.delete(folder);
        }
    }

    /** Reported minus heard, in milliseconds, the least first. */
    private List<Double> errors(AudioSink sink) {
        PositionReports.Report report = new PositionReports.Report();
        List<Double> errors = new ArrayList<>();
        int[] written = {0};
        long startNanos = System.nanoTime();
        Device.await("reports", () -> {
            // as fast as it is heard, half a second ahead of the clock at most
            while (written[0] < (System.nanoTime() - startNanos) * FRAMES_PER_MILLI / READ_NANOS + Device.RATE_HZ / 2) {
                ByteBuffer period =
                        ByteBuffer.allocate(480 * Pattern.FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                while (period.hasRemaining()) {
                    period.putInt(++written[0]); // each frame is its own number
                }
                sink.write(period.flip());
            }
            while (sink.reports().poll(report)) {
                var mark = heard.floorEntry(report.nanos);
                if (report.kind == PositionReports.Kind.POSITION && mark != null) {
                    double since = (report.nanos - mark.getKey()) * FRAMES_PER_MILLI / READ_NANOS;
                    errors.add((report.frames - (mark.getValue() - 1 + since)) / FRAMES_PER_MILLI);
                }
            }
            return errors.size() >= REPORTS;
        });
        errors.sort(null);
        return errors;
    }

    private void read(Path fifo) {
        byte[] frames = new byte[READ_FRAMES * Pattern.FRAME_BYTES];
        try (InputStream in = Files.newInputStream(fifo)) {
            long dueNanos = System.nanoTime();
            while (!stop && in.readNBytes(frames, 0, frames.length) == frames.length) {
                int number =
                        ByteBuffer.wrap(frames).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
                if (number != 0) {
                    heard.put(System.nanoTime(), number);
                }
                dueNanos += READ_NANOS;
                for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
