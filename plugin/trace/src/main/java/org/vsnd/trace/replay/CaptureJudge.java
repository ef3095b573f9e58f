// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.tape.TapeBackend;
import org.vsnd.trace.tape.TapeSource;

/**
 * Holds what one input stream gave the guest against what the source had: each message begins with the frame after the last
 * one's, none is given before it was captured, and frames are left out only for a guest that has left more lying than the
 * card must keep.
 */
final class CaptureJudge {
    private static final long ROUNDING_NANOS = 2_000_000;
    private static final long CLOSE_NANOS = 10_000_000;
    private static final int ENOUGH_BYTES = 16;

    private final StreamShadow stream;
    private final TapeBackend tape;
    private final Findings findings;
    private @Nullable TapeSource source;
    private long place; // bytes
    private long runNanos;
    private long startNanos;
    private boolean running;

    CaptureJudge(StreamShadow stream, TapeBackend tape, Findings findings) {
        this.stream = stream;
        this.tape = tape;
        this.findings = findings;
    }

    /** START was granted. */
    void started(long nowNanos) {
        TapeSource latest = null;
        for (TapeSource opened : tape.sources()) {
            if (opened.streamName().equals(stream.name())) {
                latest = opened;
            }
        }
        if (latest != source) {
            source = latest;
            place = 0;
            runNanos = 0;
        }
        startNanos = nowNanos;
        running = true;
    }

    /** STOP was granted, or the stream is gone. */
    void stopped(long nowNanos) {
        if (running) {
            runNanos += nowNanos - startNanos;
        }
        running = false;
    }

    /** A message is back. */
    void back(ChainExchange exchange, int line) {
        int dataRoom = (int) exchange.writableBytes() - SndWire.STATUS_BYTES;
        int data = exchange.usedLength() - SndWire.STATUS_BYTES;
        if (dataRoom < 0 || data <= 0 || data > dataRoom || exchange.reply32(dataRoom) != SndWire.S_OK) {
            return;
        }
        if (source == null) {
            findings.fail(line, stream.name(), "no frames without START", data + " bytes");
            return;
        }
        long elapsed = stream.framesIn(runNanos + (running ? exchange.backNanos() - startNanos : 0));
        int frameBytes = stream.frameBytes();
        byte[] expected = BytePattern.bytes(TapeSource.SEED, place, data);
        if (!Arrays.equals(expected, 0, data, exchange.reply(), 0, data)) {
            long jump = jump(exchange.reply(), data, elapsed);
            long waiting = elapsed - place / frameBytes;
            long kept = stream.backlogBytes() / frameBytes - stream.framesIn(CLOSE_NANOS);
            if (jump < 0 || waiting < kept) {
                findings.fail(
                        line,
                        stream.name() + ", frames of the message of line " + exchange.line(),
                        "those from frame " + place / frameBytes + " on",
                        jump < 0 ? "others" : "those from frame " + (place / frameBytes + jump) + " on");
                return;
            }
            place += jump * frameBytes;
        }
        place += data;
        findings.countRecorded(data / frameBytes);
        if (place / frameBytes > elapsed + stream.framesIn(ROUNDING_NANOS)) {
            findings.fail(
                    line,
                    stream.name() + " gives frames before they are captured",
                    "at most " + elapsed + " frames by now",
                    place / frameBytes + " frames");
        }
    }

    /** Frames left out before a message that does not follow; -1 if it is nowhere up to now. */
    private long jump(byte[] reply, int data, long elapsedFrames) {
        int frameBytes = stream.frameBytes();
        int enough = Math.min(ENOUGH_BYTES, data);
        for (long frame = place / frameBytes + 1; frame <= elapsedFrames; frame++) {
            long from = frame * frameBytes;
            if (reply[0] == BytePattern.at(TapeSource.SEED, from)
                    && Arrays.equals(BytePattern.bytes(TapeSource.SEED, from, enough), Arrays.copyOf(reply, enough))
                    && Arrays.equals(BytePattern.bytes(TapeSource.SEED, from, data), Arrays.copyOf(reply, data))) {
                return frame - place / frameBytes;
            }
        }
        return -1;
    }
}
