// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.PcmState;
import org.vsnd.trace.card.SndNames;

/** Looks at one stream: its commands against its state, its messages against its parameters. */
final class StreamReview {
    private static final int HEADER_BYTES = 4;
    private static final int LONG_HEADER_BYTES = 8;
    /** So many messages came back refused, one after the other, before it is a storm. */
    private static final int STORM = 8;
    /** A driver that waits after STOP waits longer than any needs to send its next request. */
    private static final long AWAITED_MICROS = 500_000;
    /** Who keeps one message in flight shows it in so many. */
    private static final int TELLING_MESSAGES = 4;

    private final String name;
    private final Remarks remarks;
    private final List<SentChain> pending = new ArrayList<>();

    private boolean isInput;
    private PcmState state = PcmState.INITIAL;
    /** The last command was refused, and the driver has sent no other since. */
    private boolean refused;

    private long periodBytes;
    private long bufferBytes;
    private int frameBytes;

    private @Nullable SentChain startRequest;
    private @Nullable SentChain stopRequest;
    private int pendingAtStop;
    private int starts;
    private int stops;
    private int resumes;
    private int releases;
    private @Nullable SentChain awaited;
    private int awaitedReleases;
    /** A message that is no period, and may be the last. */
    private @Nullable SentChain odd;

    private int mostInFlight;
    private int backSinceStart;
    private int refusedInARow;

    /** @param isInput as far as the driver was told; its messages say it anew */
    StreamReview(long id, boolean isInput, Remarks remarks) {
        name = "stream " + id;
        this.isInput = isInput;
        this.remarks = remarks;
    }

    private void remark(RemarkKind kind, SentChain at, String seen) {
        remarks.add(kind, at.line(), at.micros(), name + ": " + seen);
    }

    /** A command was answered. */
    void answered(int code, SentChain request, boolean granted) {
        if (!state.allows(code)) {
            unfit(code, request);
        }
        refused = !granted;
        if (!granted) {
            return;
        }
        switch (code) {
            case SndWire.R_PCM_SET_PARAMS -> setParams(request);
            case SndWire.R_PCM_START -> started(request);
            case SndWire.R_PCM_STOP -> stopped(request);
            case SndWire.R_PCM_RELEASE -> released(request);
            default -> refusedInARow = 0; // PREPARE
        }
        state = state.after(code);
    }

    private void unfit(int code, SentChain request) {
        String command = SndNames.request(code) + " in state " + state;
        if (refused) {
            remark(RemarkKind.REFUSAL_IGNORED, request, command + ", after a request that was refused");
        } else if (code == SndWire.R_PCM_RELEASE && (state == PcmState.RELEASED || state == PcmState.SET_PARAMS)) {
            remark(RemarkKind.RELEASED_TWICE, request, command);
        } else {
            remarks.add(RemarkKind.WRONG_STATE, command, request.line(), request.micros(), name + ": " + command);
        }
    }

    private void setParams(SentChain request) {
        refusedInARow = 0;
        if (request.knows(24)) {
            bufferBytes = Integer.toUnsignedLong(request.int32(8));
            periodBytes = Integer.toUnsignedLong(request.int32(12));
            frameBytes = ControlReview.frameBytes(request);
        }
    }

    private void started(SentChain request) {
        starts++;
        if (state == PcmState.STOPPED) {
            resumes++;
        }
        if (startRequest == null) {
            startRequest = request;
        }
        mostInFlight = pending.size();
        backSinceStart = 0;
        if (pending.isEmpty() && state == PcmState.PREPARED) {
            remark(isInput ? RemarkKind.INPUT_STARTED_EMPTY : RemarkKind.STARTED_EMPTY, request, "nothing is queued");
        }
    }

    private void stopped(SentChain request) {
        stops++;
        stopRequest = request;
        pendingAtStop = pending.size();
        odd = null; // the last of a stream may be shorter
        judgeFlight(request);
    }

    private void released(SentChain request) {
        releases++;
        odd = null;
        SentChain stop = stopRequest;
        if (state == PcmState.STOPPED
                && stop != null
                && pendingAtStop > 0
                && request.micros() - stop.micros() >= AWAITED_MICROS) {
            awaitedReleases++;
            awaited = awaited == null ? request : awaited;
        }
    }

    private void judgeFlight(SentChain at) {
        if (backSinceStart >= TELLING_MESSAGES && mostInFlight <= 1 && bufferBytes >= 2 * periodBytes) {
            remark(
                    RemarkKind.ONE_IN_FLIGHT,
                    at,
                    "a buffer of " + bufferBytes + " bytes, and one message of " + periodBytes + " in flight");
        }
        backSinceStart = 0;
    }

    /** A message for it is on its way to the card. */
    void sent(SentChain message, boolean output) {
        isInput = !output;
        long other = output ? message.writableBytes() : message.readableBytes();
        long ownHeader = output ? HEADER_BYTES : SndWire.STATUS_BYTES;
        long dataBytes = (output ? message.readableBytes() : message.writableBytes()) - ownHeader;
        boolean longHeader = hasLongHeader(message, output, dataBytes);
        if (longHeader) {
            remark(RemarkKind.HEADER_UNFIT, message, "stream id, 4 bytes of 0, and then sound");
            dataBytes -= output ? HEADER_BYTES : 0;
        } else if (other != (output ? SndWire.STATUS_BYTES : HEADER_BYTES)) {
            remark(RemarkKind.MESSAGE_DIRECTION, message, other + " bytes on the other side, not its header or status");
        }
        if (!state.takesMessages()) {
            String seen = "a message in state " + state;
            remark(refused ? RemarkKind.REFUSAL_IGNORED : RemarkKind.MESSAGE_STATE, message, seen);
        } else {
            judgeSize(message, dataBytes);
        }
        if (refusedInARow >= STORM) {
            remark(RemarkKind.MESSAGE_STORM, message, "after " + refusedInARow + " that came back with IO_ERR");
        }
        pending.add(message);
        mostInFlight = Math.max(mostInFlight, pending.size());
    }

    private boolean hasLongHeader(SentChain message, boolean output, long dataBytes) {
        if (!message.knows(LONG_HEADER_BYTES) || message.int32(HEADER_BYTES) != 0) {
            return false;
        }
        long first = message.descriptors().get(0).length();
        boolean apart = first == LONG_HEADER_BYTES;
        return output
                ? apart || (periodBytes > 0 && dataBytes == periodBytes + HEADER_BYTES)
                : message.readableBytes() == LONG_HEADER_BYTES;
    }

    private void judgeSize(SentChain message, long dataBytes) {
        SentChain before = odd;
        if (before != null) {
            remark(
                    RemarkKind.MESSAGE_NOT_PERIOD,
                    before,
                    "a message with " + dataBytesOf(before) + " bytes of sound, and periods of " + periodBytes);
            odd = null;
        }
        if (dataBytes != periodBytes) {
            odd = message;
        }
        if (frameBytes > 0 && dataBytes % frameBytes != 0 && periodBytes % frameBytes == 0) {
            remark(RemarkKind.MESSAGE_NOT_FRAMES, message, dataBytes + " bytes, in frames of " + frameBytes);
        }
        long inFlight = dataBytes;
        for (SentChain earlier : pending) {
            inFlight += dataBytesOf(earlier);
        }
        if (inFlight > bufferBytes) {
            remark(RemarkKind.BUFFER_OVERFILLED, message, inFlight + " bytes in a buffer of " + bufferBytes);
        }
    }

    private long dataBytesOf(SentChain message) {
        return isInput ? message.writableBytes() - SndWire.STATUS_BYTES : message.readableBytes() - HEADER_BYTES;
    }

    /** A message is back. */
    void back(SentChain message, TraceStep.Used used) {
        pending.remove(message);
        backSinceStart++;
        ByteBuffer written = SentChain.written(used);
        long length = message.writableBytes();
        boolean known = written.limit() == length && length >= SndWire.STATUS_BYTES;
        if (known && written.getInt((int) length - SndWire.STATUS_BYTES) == SndWire.S_IO_ERR) {
            refusedInARow++;
        } else if (known) {
            refusedInARow = 0;
        }
    }

    /** Whether it was stopped since a message was sent. */
    boolean stoppedSince(SentChain message) {
        SentChain stop = stopRequest;
        return stop != null && stop.line() > message.line();
    }

    /** The driver's life, or the trace, is over. */
    void end() {
        SentChain start = startRequest;
        SentChain stop = stopRequest;
        if (start == null || stop == null) {
            return;
        }
        if (releases == 0 && starts >= 2) {
            remark(RemarkKind.NEVER_RELEASED, stop, stops + " times STOP, and no RELEASE");
        }
        SentChain late = awaited;
        if (late != null && awaitedReleases >= 2 && resumes == 0) {
            remark(
                    RemarkKind.RELEASE_AWAITED,
                    late,
                    "RELEASE comes " + AWAITED_MICROS / 1000 + " ms or more after STOP");
        }
    }
}
