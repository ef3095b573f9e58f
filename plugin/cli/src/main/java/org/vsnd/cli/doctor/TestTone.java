// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/**
 * A second of a tone through a back end, on the path of a guest's sound.
 *
 * @param heard whether the host says that it was played to its end
 * @param line for people: how it went
 */
public record TestTone(boolean heard, String line) {
    private static final int RATE_HZ = 48_000;
    private static final int TONE_HZ = 440;
    private static final int TARGET_FRAMES = RATE_HZ / 50;
    private static final int RAMP_FRAMES = RATE_HZ / 100;
    private static final int LOUDNESS = 6000; // of 32767
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int LOOK_MILLIS = 20;

    /** Plays it and waits until it has been heard. */
    public static TestTone play(AudioBackend backend) throws InterruptedException {
        PcmParams params = new PcmParams(PcmFormat.S16, RATE_HZ, 2, TARGET_FRAMES);
        try (AudioSink sink = backend.openSink(params, "test tone")) {
            if (sink.reports() == PositionReports.NONE) {
                return new TestTone(false, "no tone: " + backend.name() + " makes no sound");
            }
            sink.start();
            sink.write(tone());
            sink.drain();
            return awaitEnd(sink)
                    ? new TestTone(
                            true,
                            "played a second of " + TONE_HZ + " Hz through " + backend.name()
                                    + ": if you heard nothing, look at the volume there")
                    : new TestTone(
                            false,
                            "no tone: " + backend.name() + " did not play it within 5 s; is its server or card busy?");
        }
    }

    private static boolean awaitEnd(AudioSink sink) throws InterruptedException {
        PositionReports.Report report = new PositionReports.Report();
        long startNanos = System.nanoTime();
        while (System.nanoTime() - startNanos < PATIENCE_NANOS) {
            while (sink.reports().poll(report)) {
                if (report.kind == PositionReports.Kind.POSITION && report.frames > RATE_HZ - RATE_HZ / 10) {
                    return true;
                }
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return false;
    }

    private static ByteBuffer tone() {
        ByteBuffer frames = ByteBuffer.allocate(RATE_HZ * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < RATE_HZ; i++) {
            double ramp = Math.min(1.0, Math.min(i, RATE_HZ - 1 - i) / (double) RAMP_FRAMES); // no click
            short sample = (short) (LOUDNESS * ramp * Math.sin(2 * Math.PI * TONE_HZ * i / RATE_HZ));
            frames.putShort(sample).putShort(sample);
        }
        return frames.flip();
    }
}
