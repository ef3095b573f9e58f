// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.util.Map;
import java.util.TreeMap;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.TracedCard;

/** The streams of one life of the driver, by id, and the messages that go to them. */
final class StreamReviews {
    private static final int HEADER_BYTES = 4;

    private final TracedCard card;
    private final Remarks remarks;
    private final Map<Long, StreamReview> streams = new TreeMap<>();

    StreamReviews(TracedCard card, Remarks remarks) {
        this.card = card;
        this.remarks = remarks;
    }

    /** Whether the card has a stream of this id, as far as its driver could know. */
    boolean exists(long id) {
        return id >= 0 && id < card.streamCount().orElse(Long.MAX_VALUE);
    }

    private StreamReview stream(long id) {
        PcmInfo info = card.streams().get((int) id);
        return streams.computeIfAbsent(
                id, number -> new StreamReview(number, info != null && !info.isOutput(), remarks));
    }

    /** A command for a stream was answered; its bytes are known as far as a stream's id. */
    void answered(int code, SentChain request, boolean granted) {
        long id = Integer.toUnsignedLong(request.int32(4));
        if (exists(id)) {
            stream(id).answered(code, request, granted);
        }
    }

    /** A message of the tx or the rx queue is on its way to the card. */
    void sent(SentChain message) {
        boolean output = message.queue() == SndWire.TX_QUEUE;
        if (message.readableBytes() < HEADER_BYTES || message.writableBytes() < SndWire.STATUS_BYTES) {
            remarks.add(
                    RemarkKind.MESSAGE_SHORT,
                    message.line(),
                    message.micros(),
                    message.readableBytes() + " readable and " + message.writableBytes() + " writable bytes");
            return;
        }
        if (!message.knows(HEADER_BYTES)) {
            return;
        }
        long id = Integer.toUnsignedLong(message.int32(0));
        PcmInfo info = card.streams().get((int) id);
        if (!exists(id) || (info != null && info.isOutput() != output)) {
            remarks.add(
                    RemarkKind.STREAM_UNKNOWN,
                    message.line(),
                    message.micros(),
                    "stream " + id + " in a message of the " + (output ? "tx" : "rx") + " queue");
            return;
        }
        stream(id).sent(message, output);
    }

    /** A message is back. */
    void back(SentChain message, TraceStep.Used used) {
        if (message.knows(HEADER_BYTES)) {
            StreamReview stream = streams.get(Integer.toUnsignedLong(message.int32(0)));
            if (stream != null) {
                stream.back(message, used);
            }
        }
    }

    /** Whether the stream of a pending message was stopped since it was sent. */
    boolean stoppedSince(SentChain message) {
        StreamReview stream =
                message.knows(HEADER_BYTES) ? streams.get(Integer.toUnsignedLong(message.int32(0))) : null;
        return stream != null && stream.stoppedSince(message);
    }

    /** The life, or the trace, is over. */
    void end() {
        streams.values().forEach(StreamReview::end);
        streams.clear();
    }
}
