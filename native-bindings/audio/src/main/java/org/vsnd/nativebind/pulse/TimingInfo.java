// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.NativeBuffer;

/**
 * {@code struct pa_timing_info}: how far the server is, and when. The server's wall-clock time is converted
 * to {@link System#nanoTime()} anew each time, so that a step of the wall clock spoils at most one report. One thread;
 * allocates nothing.
 */
final class TimingInfo {
    private static final int TIMESTAMP_SEC = 0; // i64
    private static final int TIMESTAMP_USEC = 8; // i64
    private static final int SINK_USEC = 24; // u64
    private static final int SOURCE_USEC = 32; // u64
    private static final int TRANSPORT_USEC = 40; // u64
    private static final int PLAYING = 48; // int
    private static final int WRITE_INDEX_CORRUPT = 52; // int
    private static final int WRITE_INDEX = 56; // i64, bytes
    private static final int READ_INDEX_CORRUPT = 64; // int
    private static final int READ_INDEX = 72; // i64, bytes
    private static final int CONFIGURED_SINK_USEC = 80; // u64
    private static final int CONFIGURED_SOURCE_USEC = 88; // u64
    private static final int LENGTH = 104;

    private static final int TIMEVAL_LENGTH = 16;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;
    /** A pair of clock readings further apart than this was interrupted and is repeated. */
    private static final long GOOD_PAIR_NANOS = 20_000;

    private static final int PAIR_TRIES = 4;
    /** How far outside its round trip a time stamp may be without being rejected. */
    private static final long SLACK_NANOS = 1_000_000;

    private final NativeBuffer info = new NativeBuffer(LENGTH);
    private final ByteBuffer bytes = info.bytes();
    private final NativeBuffer timeval = new NativeBuffer(TIMEVAL_LENGTH);
    private long nanos;

    /**
     * Takes the result of the last {@code pa_stream_update_timing_info}.
     *
     * @param requestedNanos when it was asked for
     * @return false if there is none, or it cannot be believed
     */
    boolean read(long stream, long requestedNanos) {
        long address = LibPulse.pa_stream_get_timing_info(stream);
        if (address == 0) {
            return false;
        }
        info.copyFrom(address, LENGTH);
        long stamp = bytes.getLong(TIMESTAMP_SEC) * MICROS_PER_SECOND + bytes.getLong(TIMESTAMP_USEC);
        nanos = stamp * NANOS_PER_MICRO + monotonicMinusWall();
        return nanos >= requestedNanos - SLACK_NANOS && nanos <= System.nanoTime() + SLACK_NANOS;
    }

    private long monotonicMinusWall() {
        long best = 0;
        long bestWidth = Long.MAX_VALUE;
        for (int i = 0; i < PAIR_TRIES && bestWidth > GOOD_PAIR_NANOS; i++) {
            long before = System.nanoTime();
            LibPulse.pa_gettimeofday(timeval.address());
            long width = System.nanoTime() - before;
            if (width < bestWidth) {
                ByteBuffer tv = timeval.bytes();
                long wall = tv.getLong(0) * MICROS_PER_SECOND + tv.getLong(Long.BYTES);
                bestWidth = width;
                best = before + width / 2 - wall * NANOS_PER_MICRO;
            }
        }
        return best;
    }

    /** The time of these values, in terms of {@link System#nanoTime()}. */
    long nanos() {
        return nanos;
    }

    /** Time from rendering to the ear, including what the server has queued after its own stream queue. */
    long sinkNanos() {
        return bytes.getLong(SINK_USEC) * NANOS_PER_MICRO;
    }

    /** Time from the microphone to the server's stream queue. */
    long sourceNanos() {
        return bytes.getLong(SOURCE_USEC) * NANOS_PER_MICRO;
    }

    /** How long a server on this machine took to answer; otherwise half the round trip. */
    long transportNanos() {
        return bytes.getLong(TRANSPORT_USEC) * NANOS_PER_MICRO;
    }

    boolean playing() {
        return bytes.getInt(PLAYING) != 0;
    }

    boolean indexesGood() {
        return bytes.getInt(WRITE_INDEX_CORRUPT) == 0 && bytes.getInt(READ_INDEX_CORRUPT) == 0;
    }

    /** Position in the stream, since it was made. */
    long writeIndexBytes() {
        return bytes.getLong(WRITE_INDEX);
    }

    /** Position in the stream, since it was made. */
    long readIndexBytes() {
        return bytes.getLong(READ_INDEX);
    }

    /** The most that the sink renders ahead. */
    long configuredSinkNanos() {
        return bytes.getLong(CONFIGURED_SINK_USEC) * NANOS_PER_MICRO;
    }

    /** The most that the source holds back. */
    long configuredSourceNanos() {
        return bytes.getLong(CONFIGURED_SOURCE_USEC) * NANOS_PER_MICRO;
    }
}
