// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/** Noise that is found again wherever it went, and how a device would play and record. */
final class Sound {
    static final int RATE_HZ = 48_000;
    static final PcmParams STEREO = new PcmParams(PcmFormat.S16, RATE_HZ, 2, RATE_HZ / 50);
    static final int FRAME_BYTES = 4;

    private static final long PATIENCE_NANOS = 20_000_000_000L;
    /** Seldom enough not to disturb what is looked at. */
    private static final long LOOK_NANOS = 20_000_000;

    private static final long READ_NANOS = 5_000_000;

    private Sound() {}

    /** The same with another latency: a busy machine's server may be tens of milliseconds late. */
    static PcmParams withTarget(long targetFrames) {
        return new PcmParams(STEREO.format(), STEREO.rateHz(), STEREO.channels(), targetFrames);
    }

    /** Samples no two stretches of which are alike, none of them silent. */
    static byte[] noise(int frames, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[frames * FRAME_BYTES];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] |= 1;
        }
        return bytes;
    }

    /** Hands all of it to the sink, as fast as it takes it. */
    static void write(AudioSink sink, byte[] frames) {
        ByteBuffer left = ByteBuffer.wrap(frames);
        await("the sink to take everything", () -> {
            sink.write(left);
            return !left.hasRemaining();
        });
    }

    /** Reads at nominal pace, as a device does, until told that it is enough. */
    static byte[] read(AudioSource source, int mostFrames, BooleanSupplier enough) {
        ByteBuffer all = ByteBuffer.allocate(mostFrames * FRAME_BYTES);
        long start = System.nanoTime();
        long readFrames = 0;
        while (!enough.getAsBoolean()) {
            long dueFrames = Math.min(mostFrames, (System.nanoTime() - start) * RATE_HZ / 1_000_000_000L);
            all.limit((int) dueFrames * FRAME_BYTES);
            readFrames += source.read(all, dueFrames - readFrames);
            if (readFrames == mostFrames) {
                break;
            }
            LockSupport.parkNanos(READ_NANOS);
        }
        return java.util.Arrays.copyOf(all.array(), (int) readFrames * FRAME_BYTES);
    }

    /** Where whole frames like these begin, in frames; -1 if nowhere. */
    static int find(byte[] what, byte[] in) {
        for (int at = 0; at + what.length <= in.length; at += FRAME_BYTES) {
            if (java.util.Arrays.equals(in, at, at + what.length, what, 0, what.length)) {
                return at / FRAME_BYTES;
            }
        }
        return -1;
    }

    /** Where the stretches of one are in the other, in frames, for people. */
    static String trace(byte[] what, byte[] in) {
        StringBuilder text = new StringBuilder();
        int step = 64 * FRAME_BYTES;
        int shift = Integer.MIN_VALUE;
        for (int at = 0; at + step <= what.length; at += step) {
            int found = find(java.util.Arrays.copyOfRange(what, at, at + step), in);
            int now = found < 0 ? -1 : found - at / FRAME_BYTES;
            if (now != shift) {
                text.append(" from ").append(at / FRAME_BYTES).append(now == -1 ? ": nowhere" : ": at +" + now);
                shift = now;
            }
        }
        return text.toString();
    }

    static byte[] contents(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return java.util.Arrays.copyOf(bytes, bytes.length / FRAME_BYTES * FRAME_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for something that must come. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Waits for a report of this kind with at least so many frames. */
    static void await(AudioSink sink, PositionReports.Kind kind, long frames) {
        PositionReports.Report report = new PositionReports.Report();
        await(kind + " " + frames, () -> {
            while (sink.reports().poll(report)) {
                if (report.kind == kind && report.frames >= frames) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Waits for the end of a sound in a recording, which then must have all of it in one piece. */
    static void awaitSound(byte[] noise, Path recorded) {
        byte[] tail = Arrays.copyOfRange(noise, noise.length - 1024 * FRAME_BYTES, noise.length);
        await("the last frames", () -> find(tail, contents(recorded)) >= 0);
        byte[] bytes = contents(recorded);
        assertThat(find(noise, bytes)).as(trace(noise, bytes)).isNotNegative();
    }
}
