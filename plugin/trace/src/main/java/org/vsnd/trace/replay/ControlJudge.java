// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;

/** Holds the answers to control requests against the traced card's, and against the standard where the two differ. */
final class ControlJudge {
    private static final int STATUS_BYTES = 4;
    private static final int CHMAP_DIRECTION = 4;
    private static final int CHMAP_CHANNELS = 5;
    private static final int MAX_CHANNELS = 18;

    private final ControlRules rules;
    private final StreamMap streams;
    private final Findings findings;
    private final Map<ChainExchange, ExpectedStatus> demands = new HashMap<>();

    ControlJudge(ControlRules rules, StreamMap streams, Findings findings) {
        this.rules = rules;
        this.streams = streams;
        this.findings = findings;
    }

    /** A request is about to be sent: what is demanded depends on the streams' states now. */
    void sent(ChainExchange exchange) {
        demands.put(exchange, rules.demand(exchange));
    }

    /** The card was reset: what is not answered never will be. */
    void forgetAll() {
        demands.clear();
    }

    /** The trace sees the answer. */
    void compare(ChainExchange exchange, TraceStep.Used used, int line) {
        findings.countControlReply();
        ExpectedStatus demand = demands.remove(exchange);
        if (demand == null) {
            throw new IllegalStateException("a request that was not sent is answered");
        }
        if (exchange.writableBytes() < STATUS_BYTES) {
            compareLength(exchange, 0, used, line);
            return;
        }
        WrittenBytes traced = WrittenBytes.of(used);
        int status = exchange.reply32(0);
        String name = SndNames.request(exchange.request32(0));
        compareStatus(name, status, traced, demand, line);
        long payload = status == SndWire.S_OK ? payloadBytes(exchange) : 0;
        compareLength(exchange, STATUS_BYTES + payload, used, line);
        if (payload > 0 && exchange.usedLength() == STATUS_BYTES + payload) {
            switch (exchange.request32(0)) {
                case SndWire.R_PCM_INFO -> comparePcmInfo(exchange, traced, line);
                case SndWire.R_CHMAP_INFO -> compareChmaps(exchange, line);
                default -> {}
            }
        }
    }

    /** Of an answer that the request is granted by. */
    private static long payloadBytes(ChainExchange exchange) {
        int code = exchange.request32(0);
        if (SndNames.isQuery(code)) {
            return Integer.toUnsignedLong(exchange.request32(8)) * Integer.toUnsignedLong(exchange.request32(12));
        }
        return switch (code) {
            case SndWire.R_CTL_ENUM_ITEMS, SndWire.R_CTL_READ, SndWire.R_CTL_TLV_READ -> // by what the element is
                Math.max(Integer.toUnsignedLong(exchange.usedLength()), STATUS_BYTES) - STATUS_BYTES;
            default -> 0;
        };
    }

    private void compareStatus(String name, int status, WrittenBytes traced, ExpectedStatus demand, int line) {
        int tracedStatus = traced.has(0, STATUS_BYTES) ? traced.get32(0) : SndWire.S_OK;
        boolean known = traced.has(0, STATUS_BYTES);
        if (known && status == tracedStatus) {
            return;
        }
        String expected = known ? SndNames.status(tracedStatus) : "an answer by the rule: " + demand.rule();
        if (!demand.accepts(status)) {
            findings.fail(line, "status of " + name, expected, SndNames.status(status));
        } else if (known) {
            findings.differ(line, "status of " + name, demand.rule(), expected, SndNames.status(status));
        }
    }

    private void compareLength(ChainExchange exchange, long expected, TraceStep.Used used, int line) {
        long length = Integer.toUnsignedLong(exchange.usedLength());
        if (length != expected) {
            findings.fail(
                    line, "length of a used element of the control queue", expected + " bytes", length + " bytes");
        } else if (length != used.length()) {
            findings.differ(
                    line,
                    "length of a used element of the control queue",
                    "it is what was written (2.7.8)",
                    used.length() + " bytes",
                    length + " bytes");
        }
    }

    private void comparePcmInfo(ChainExchange exchange, WrittenBytes traced, int line) {
        int start = exchange.request32(4);
        int count = exchange.request32(8);
        int size = exchange.request32(12);
        if (size < SndWire.PCM_INFO_BYTES) {
            return; // the driver wants a part only
        }
        ByteBuffer reply = ByteBuffer.wrap(exchange.reply()).order(ByteOrder.LITTLE_ENDIAN);
        int tracedStart = Integer.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            tracedStart = Math.min(tracedStart, streams.traced(start + i));
        }
        for (int i = 0; i < count; i++) {
            PcmInfo info = PcmInfo.decode(reply, STATUS_BYTES + i * size);
            int at = STATUS_BYTES + (streams.traced(start + i) - tracedStart) * size;
            String stream = "stream " + streams.traced(start + i) + " in PCM_INFO: ";
            if (info.padding() != 0) {
                findings.fail(line, stream + "padding", "0", Long.toHexString(info.padding()));
            }
            if (traced.has(at, SndWire.PCM_INFO_BYTES)) {
                comparePcmInfo(stream, info, PcmInfo.decode(traced.buffer(), at), line);
            }
        }
    }

    private void comparePcmInfo(String stream, PcmInfo info, PcmInfo traced, int line) {
        if (info.direction() != traced.direction() && isDirection(traced.direction())) {
            findings.fail(line, stream + "direction", "" + traced.direction(), "" + info.direction());
        }
        String range = info.channelsMin() + " to " + info.channelsMax();
        String tracedRange = traced.channelsMin() + " to " + traced.channelsMax();
        if (info.channelsMin() > Math.max(traced.channelsMin(), 1)
                || info.channelsMax() < Math.min(traced.channelsMax(), MAX_CHANNELS)) {
            findings.fail(line, stream + "channels", tracedRange, range);
        } else if (!range.equals(tracedRange)) {
            findings.differ(line, stream + "channels", "all streams take what any takes", tracedRange, range);
        }
        if (info.formats() == 0 || info.rates() == 0) {
            findings.fail(line, stream + "formats and rates", "at least one of each", "none");
        }
        String right = "what is offered is the card's to choose (5.14.6.6.2)";
        differ(line, stream + "formats", right, traced.formats(), info.formats());
        differ(line, stream + "rates", right, traced.rates(), info.rates());
        differ(line, stream + "features", right, traced.features(), info.features());
        differ(line, stream + "hda_fn_nid", "function groups are the card's", traced.hdaFnNid(), info.hdaFnNid());
    }

    private void differ(int line, String what, String why, long traced, long came) {
        if (traced != came) {
            findings.differ(line, what, why, "0x" + Long.toHexString(traced), "0x" + Long.toHexString(came));
        }
    }

    private static boolean isDirection(int direction) {
        return direction == 0 || direction == 1;
    }

    /** Where channels are is the card's to say; that the map is one is not. */
    private void compareChmaps(ChainExchange exchange, int line) {
        int size = exchange.request32(12);
        for (int i = 0; i < exchange.request32(8) && size >= SndWire.CHMAP_INFO_BYTES; i++) {
            int at = STATUS_BYTES + i * size;
            int direction = exchange.reply()[at + CHMAP_DIRECTION];
            int channels = exchange.reply()[at + CHMAP_CHANNELS];
            if (!isDirection(direction) || channels < 1 || channels > MAX_CHANNELS) {
                findings.fail(
                        line,
                        "channel map " + (exchange.request32(4) + i),
                        "a direction of 0 or 1 and 1 to " + MAX_CHANNELS + " channels",
                        "direction " + direction + ", " + channels + " channels");
            }
        }
    }
}
