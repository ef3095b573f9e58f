// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;

/** Holds status and length of playback and record messages against the traced card's and the standard, 5.14.6.8. */
final class MessageJudge {
    private static final long LONGEST_LATENCY_SECONDS = 2;

    private final List<StreamShadow> streams;
    private final int headerBytes;
    private final Findings findings;
    private final Map<ChainExchange, ExpectedStatus> demands = new HashMap<>();

    /** @param headerBytes before the data of a message */
    MessageJudge(List<StreamShadow> streams, int headerBytes, Findings findings) {
        this.streams = streams;
        this.headerBytes = headerBytes;
        this.findings = findings;
    }

    /** A message is about to be sent. */
    void sent(ChainExchange exchange) {
        demands.put(exchange, demand(exchange));
    }

    /** The card was reset: what is not back never will be. */
    void forgetAll() {
        demands.clear();
    }

    private ExpectedStatus demand(ChainExchange exchange) {
        boolean output = exchange.queue() == SndWire.TX_QUEUE;
        int id = exchange.request32(0);
        if (exchange.request().length < headerBytes || exchange.writableBytes() < SndWire.STATUS_BYTES) {
            return ExpectedStatus.error("the message lacks its header or its status (5.14.6.8)");
        }
        if (id < 0 || id >= streams.size() || streams.get(id).isOutput() != output) {
            return ExpectedStatus.error("there is no such stream (5.14.6.8)");
        }
        if (output ? exchange.writableBytes() != SndWire.STATUS_BYTES : exchange.request().length != headerBytes) {
            return ExpectedStatus.error("the data is in the wrong direction (5.14.6.8)");
        }
        StreamShadow stream = streams.get(id);
        long dataBytes = exchange.request().length - headerBytes + exchange.writableBytes() - SndWire.STATUS_BYTES;
        return switch (stream.state()) {
            case PREPARED, STARTED, STOPPED ->
                dataBytes % stream.frameBytes() == 0
                        ? ExpectedStatus.success("the stream takes messages in state " + stream.state() + " (5.14.6.8)")
                        : ExpectedStatus.either("a message should be whole frames (5.14.6.8)");
            default -> ExpectedStatus.error("the stream takes no messages in state " + stream.state() + " (5.14.6.8)");
        };
    }

    /** The trace sees the message back. */
    void compare(ChainExchange exchange, TraceStep.Used used, int line) {
        findings.countMessage();
        ExpectedStatus demand = demands.remove(exchange);
        if (demand == null) {
            throw new IllegalStateException("a message that was not sent is back");
        }
        if (exchange.writableBytes() < SndWire.STATUS_BYTES) {
            return;
        }
        int statusAt = (int) exchange.writableBytes() - SndWire.STATUS_BYTES;
        int status = exchange.reply32(statusAt);
        compareStatus(exchange, status, WrittenBytes.of(used), demand, line);
        compareLength(exchange, status, used, line);
        if (status == SndWire.S_OK && demand.ok()) {
            StreamShadow stream = streams.get(exchange.request32(0));
            long latency = Integer.toUnsignedLong(exchange.reply32(statusAt + 4));
            long own = exchange.queue() == SndWire.TX_QUEUE ? exchange.request().length : 0; // done before it is heard
            long most = LONGEST_LATENCY_SECONDS * stream.rateHz() * stream.frameBytes() + own;
            if (latency >= most) {
                findings.fail(line, "latency_bytes of a message", "less than " + most, "" + latency);
            }
        }
    }

    private void compareStatus(
            ChainExchange exchange, int status, WrittenBytes traced, ExpectedStatus demand, int line) {
        boolean known = traced.hasLast(SndWire.STATUS_BYTES);
        int tracedStatus = known ? traced.get32FromEnd(SndWire.STATUS_BYTES) : status;
        String what = "status of a message of the " + SndNames.queue(exchange.queue());
        if (status == tracedStatus && (known || demand.accepts(status))) {
            return;
        }
        String expected = known ? SndNames.status(tracedStatus) : "an answer by the rule: " + demand.rule();
        if (demand.accepts(status)) {
            findings.differ(line, what, demand.rule(), expected, SndNames.status(status));
        } else if (exchange.isCutShort() && status == SndWire.S_IO_ERR) {
            findings.differ(line, what, "its stream was released or stopped", expected, SndNames.status(status));
        } else {
            findings.fail(line, what, expected, SndNames.status(status));
        }
    }

    private void compareLength(ChainExchange exchange, int status, TraceStep.Used used, int line) {
        long length = Integer.toUnsignedLong(exchange.usedLength());
        long whole = status == SndWire.S_OK ? exchange.writableBytes() : SndWire.STATUS_BYTES;
        String what = "length of a used element of the " + SndNames.queue(exchange.queue());
        boolean right = exchange.isCutShort()
                ? length >= SndWire.STATUS_BYTES && length <= exchange.writableBytes()
                : length == whole;
        if (!right) {
            findings.fail(line, what, whole + " bytes", length + " bytes");
        } else if (length != used.length()) {
            findings.differ(
                    line,
                    what,
                    exchange.isCutShort() ? "its stream was released or stopped" : "it is what was written (2.7.8)",
                    used.length() + " bytes",
                    length + " bytes");
        }
    }
}
