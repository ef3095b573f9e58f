// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/** What the device does, at its pace and on its own thread: hands over and takes a period at a time. */
final class Device {
    static final int RATE_HZ = 48_000;
    /** With enough ahead of the ear for a busy machine. */
    static final PcmParams PARAMS = new PcmParams(PcmFormat.S16, RATE_HZ, 2, RATE_HZ / 5);

    private static final int PERIOD_FRAMES = 480;
    private static final long PERIOD_NANOS = 10_000_000;
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private Device() {}

    /** Plays all of it, as fast as it is heard. */
    static void play(AudioSink sink, byte[] frames) {
        play(sink, frames, 0, frames.length / Pattern.FRAME_BYTES);
    }

    static void play(AudioSink sink, byte[] frames, int from, int count) {
        long start = System.nanoTime();
        for (int done = 0; done < count; done += PERIOD_FRAMES) {
            waitUntil(start + done / PERIOD_FRAMES * PERIOD_NANOS);
            int now = Math.min(PERIOD_FRAMES, count - done);
            ByteBuffer period = ByteBuffer.wrap(frames, (from + done) * Pattern.FRAME_BYTES, now * Pattern.FRAME_BYTES);
            sink.write(period);
        }
    }

    /** Plays a sound over and over, as fast as it is heard, until something is so. */
    static void playInTimeUntil(AudioSink sink, byte[] frames, String what, BooleanSupplier condition) {
        int count = frames.length / Pattern.FRAME_BYTES;
        for (long start = System.nanoTime(); !condition.getAsBoolean(); ) {
            play(sink, frames, 0, count);
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError("waited in vain for " + what);
            }
        }
    }

    /** Takes as much, as fast as it is recorded. */
    static byte[] record(AudioSource source, int count) {
        byte[] frames = new byte[count * Pattern.FRAME_BYTES];
        long start = System.nanoTime();
        for (int done = 0; done < count; done += PERIOD_FRAMES) {
            waitUntil(start + (done / PERIOD_FRAMES + 1) * PERIOD_NANOS);
            int now = Math.min(PERIOD_FRAMES, count - done);
            source.read(ByteBuffer.wrap(frames, done * Pattern.FRAME_BYTES, now * Pattern.FRAME_BYTES), now);
        }
        return frames;
    }

    /** Plays a sound over and over until something is so. */
    static void playUntil(AudioSink sink, byte[] frames, String what, BooleanSupplier condition) {
        ByteBuffer sound = ByteBuffer.wrap(frames);
        await(what, () -> {
            sound.limit(Math.min(frames.length, sound.position() + PERIOD_FRAMES * Pattern.FRAME_BYTES));
            sink.write(sound);
            if (sound.position() == frames.length) {
                sound.clear();
            }
            return condition.getAsBoolean();
        });
    }

    /** Plays silence until the sink says so. */
    static PositionReports.Report awaitReport(AudioSink sink, PositionReports.Kind kind) {
        PositionReports.Report report = new PositionReports.Report();
        playUntil(sink, new byte[PERIOD_FRAMES * Pattern.FRAME_BYTES], kind.toString(), () -> {
            while (sink.reports().poll(report)) {
                if (report.kind == kind) {
                    return true;
                }
            }
            return false;
        });
        return report;
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    private static void waitUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
