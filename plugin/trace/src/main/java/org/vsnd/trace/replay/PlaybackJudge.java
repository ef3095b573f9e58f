// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.card.PcmState;
import org.vsnd.trace.tape.TapeBackend;
import org.vsnd.trace.tape.TapeSink;

/**
 * Holds what came out of one output stream against what the guest gave it, from one PREPARE to the RELEASE after it:
 * message after message, bit by bit, with silence before a message only where the guest left a hole, and at most the
 * 120 ms of pre-roll that a driver with one message in flight gets.
 */
final class PlaybackJudge {
    private static final long LONGEST_SILENCE_NANOS = 120_000_000;
    private static final long MOST_AHEAD_NANOS = 2_000_000_000L;
    /** Rounding of a latency in frames. */
    private static final long CLOSE_NANOS = 100_000;

    private final StreamShadow stream;
    private final int headerBytes;
    private final TapeBackend tape;
    private final Findings findings;
    private final List<ChainExchange> sent = new ArrayList<>();
    private @Nullable TapeSink sink;
    private int holes;
    private boolean filled; // since START or the last hole, a message has come back
    private int outstanding;
    private int emptyCompletions;
    private long dryNanos;
    private long startNanos;
    private long bytesDone;

    /** @param headerBytes before the sound in a message */
    PlaybackJudge(StreamShadow stream, int headerBytes, TapeBackend tape, Findings findings) {
        this.stream = stream;
        this.headerBytes = headerBytes;
        this.tape = tape;
        this.findings = findings;
    }

    /** START was granted. */
    void started(long nowNanos) {
        for (TapeSink opened : tape.sinks()) {
            if (opened.streamName().equals(stream.name())) {
                sink = opened; // the latest
            }
        }
        holes++;
        filled = false;
        startNanos = nowNanos;
        bytesDone = 0;
    }

    /** A message for this stream goes out. */
    void sent(ChainExchange exchange) {
        sent.add(exchange);
        outstanding++;
        if (stream.state() == PcmState.STARTED && filled && exchange.sentNanos() > dryNanos - CLOSE_NANOS) {
            holes++; // the guest was too late: nothing it had given was left to be heard
            filled = false;
        }
    }

    /** A message is back. */
    void back(ChainExchange exchange, int line) {
        outstanding--;
        if (exchange.isCutShort()) {
            return; // its beginning may have come out, whatever its status
        }
        int status = exchange.reply32((int) exchange.writableBytes() - SndWire.STATUS_BYTES);
        if (status != SndWire.S_OK) {
            sent.remove(exchange);
            return;
        }
        long frames = dataBytes(exchange) / stream.frameBytes();
        bytesDone += dataBytes(exchange); // a message need not end with a frame
        long aheadFrames = bytesDone / stream.frameBytes() - stream.framesIn(exchange.backNanos() - startNanos);
        long mostFrames = stream.framesIn(MOST_AHEAD_NANOS) + frames;
        if (aheadFrames > mostFrames) {
            findings.fail(
                    line,
                    stream.name() + " takes sound faster than it plays",
                    "at most " + mostFrames + " frames ahead of time",
                    aheadFrames + " frames");
        }
        long latencyBytes = Integer.toUnsignedLong(
                exchange.reply32((int) exchange.writableBytes() - SndWire.STATUS_BYTES + Integer.BYTES));
        dryNanos = exchange.backNanos() + latencyBytes / stream.frameBytes() * 1_000_000_000L / stream.rateHz();
        filled = outstanding == 0;
        emptyCompletions = outstanding == 0 ? emptyCompletions + 1 : 0;
        if (emptyCompletions == 2 && stream.holdsSeveralPeriods()) {
            holes++; // the card learns that this driver never has more than one message in flight
        }
    }

    /** RELEASE, reset, or the trace's end: what has come out is all there will be. */
    void ended(int line) {
        if (!sent.isEmpty()) {
            compare(line);
        }
        sent.clear();
        sink = null;
        holes = 0;
        filled = false;
        outstanding = 0;
        emptyCompletions = 0;
    }

    private void compare(int line) {
        TapeSink opened = sink;
        boolean anyDone = sent.stream().anyMatch(PlaybackJudge::isDone);
        if (opened == null) {
            if (anyDone) {
                findings.fail(line, stream.name(), "sound to come out", "no START and yet messages are done");
            }
            return;
        }
        int frameBytes = opened.params().frameBytes();
        SoundMatch match = new SoundMatch(opened.tape(), opened.params());
        for (ChainExchange exchange : sent) {
            boolean goesOn = isDone(exchange)
                    ? match.whole(exchange.request(), headerBytes)
                    : match.beginning(exchange.request(), headerBytes);
            if (!goesOn) {
                if (isDone(exchange)) {
                    findings.fail(
                            line,
                            "sound of " + stream.name() + ", frame " + match.frames(),
                            "the message of line " + exchange.line(),
                            match.mismatch());
                    return;
                }
                break;
            }
        }
        boolean atEnd = match.atEnd();
        findings.countSound(match.matchedBytes() / frameBytes, match.silentFrames());
        long mostSilence = holes * stream.framesIn(LONGEST_SILENCE_NANOS);
        if (match.silences() > holes || match.silentFrames() > mostSilence) {
            findings.fail(
                    line,
                    "silence in " + stream.name(),
                    "at most " + holes + " times, " + mostSilence + " frames in all",
                    match.silences() + " times, " + match.silentFrames() + " frames");
        }
        if (!atEnd) {
            findings.fail(line, "sound of " + stream.name() + ", frame " + match.frames(), "the end", match.mismatch());
        }
    }

    private static boolean isDone(ChainExchange exchange) {
        return exchange.isBack() && !exchange.isCutShort();
    }

    private long dataBytes(ChainExchange exchange) {
        return (long) exchange.request().length - headerBytes;
    }
}
