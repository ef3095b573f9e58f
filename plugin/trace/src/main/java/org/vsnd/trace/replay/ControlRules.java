// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmFormat;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.card.ItemCounts;
import org.vsnd.trace.card.SndNames;
import org.vsnd.trace.card.TracedCard;

/** What the standard demands of the answer to a control request, VIRTIO 1.4 section 5.14.6. */
final class ControlRules {
    private static final int CODE_BYTES = 4;
    private static final int PCM_HEADER_BYTES = 8;
    private static final int SET_PARAMS_BYTES = 24;
    private static final int INFO_BYTES = 16;
    private static final int ELEMENT_HEADER_BYTES = 8;
    private static final PcmFormat[] FORMATS = PcmFormat.values();

    private final List<StreamShadow> streams;
    private final TracedCard traced;
    private final ItemCounts own;
    private final BooleanSupplier acceptedControls;

    /**
     * The items are this card's; its formats and rates are the traced card's of all streams together.
     *
     * @param acceptedControls whether the driver has accepted VIRTIO_SND_F_CTLS
     */
    ControlRules(List<StreamShadow> streams, TracedCard traced, ItemCounts own, BooleanSupplier acceptedControls) {
        this.streams = streams;
        this.traced = traced;
        this.own = own;
        this.acceptedControls = acceptedControls;
    }

    /** For a request as it is sent to this card, with its streams in their present states. */
    ExpectedStatus demand(ChainExchange exchange) {
        if (exchange.request().length < CODE_BYTES) {
            return ExpectedStatus.error("a request without a code is malformed (5.14.6)");
        }
        int code = exchange.request32(0);
        return switch (code) {
            case SndWire.R_JACK_INFO -> info(exchange, own.jacks());
            case SndWire.R_PCM_INFO -> info(exchange, streams.size());
            case SndWire.R_CHMAP_INFO -> info(exchange, own.chmaps());
            case SndWire.R_PCM_SET_PARAMS -> setParams(exchange);
            case SndWire.R_PCM_PREPARE, SndWire.R_PCM_RELEASE, SndWire.R_PCM_START, SndWire.R_PCM_STOP ->
                command(exchange, code);
            default ->
                SndNames.isOfControls(code)
                        ? controls(exchange, code)
                        : ExpectedStatus.error("the request is not supported (5.14.6)");
        };
    }

    private ExpectedStatus controls(ChainExchange exchange, int code) {
        if (!acceptedControls.getAsBoolean()) {
            return ExpectedStatus.error("VIRTIO_SND_F_CTLS is not accepted here (5.14.3)");
        }
        if (code == SndWire.R_CTL_INFO) {
            return info(exchange, own.controls());
        }
        if (exchange.request().length < ELEMENT_HEADER_BYTES) {
            return ExpectedStatus.error("the request is shorter than its structure (5.14.6.10)");
        }
        return Integer.toUnsignedLong(exchange.request32(4)) < own.controls()
                ? ExpectedStatus.either("what an element can and takes is the card's to say (5.14.6.10)")
                : ExpectedStatus.error("there is no such control element (5.14.6.10)");
    }

    private static ExpectedStatus info(ChainExchange exchange, long total) {
        if (exchange.request().length < INFO_BYTES) {
            return ExpectedStatus.error("the query is shorter than its structure (5.14.6.1)");
        }
        long start = Integer.toUnsignedLong(exchange.request32(4));
        long count = Integer.toUnsignedLong(exchange.request32(8));
        long size = Integer.toUnsignedLong(exchange.request32(12));
        if (start + count > total) {
            return ExpectedStatus.error(
                    "it asks for items " + start + " to " + (start + count) + " of " + total + " (5.14.6.2)");
        }
        return count > 0 && exchange.writableBytes() < CODE_BYTES + count * size
                ? ExpectedStatus.error("the answer does not fit (5.14.6.2)")
                : ExpectedStatus.success("the items are there (5.14.6.1)");
    }

    private ExpectedStatus command(ChainExchange exchange, int code) {
        if (exchange.request().length < PCM_HEADER_BYTES) {
            return ExpectedStatus.error("the request is shorter than its structure (5.14.6.6)");
        }
        StreamShadow stream = stream(exchange.request32(4));
        if (stream == null) {
            return ExpectedStatus.error("there is no such stream (5.14.6.6)");
        }
        if (stream.state().isForgiven(code)) {
            return ExpectedStatus.either(
                    "a card may release the stream first in state " + stream.state() + ", or refuse it (5.14.6.6.1)");
        }
        return stream.state().allows(code)
                ? ExpectedStatus.success("the command is allowed in state " + stream.state() + " (5.14.6.6.1)")
                : ExpectedStatus.error("the command is not allowed in state " + stream.state() + " (5.14.6.6.1)");
    }

    private ExpectedStatus setParams(ChainExchange exchange) {
        ExpectedStatus transition = command(exchange, SndWire.R_PCM_SET_PARAMS);
        if (!transition.ok()) {
            return transition;
        }
        if (exchange.request().length < SET_PARAMS_BYTES) {
            return ExpectedStatus.error("the request is shorter than its structure (5.14.6.6.3)");
        }
        long buffer = Integer.toUnsignedLong(exchange.request32(8));
        long period = Integer.toUnsignedLong(exchange.request32(12));
        int channels = exchange.request32(20) & 0xff;
        int format = (exchange.request32(20) >>> 8) & 0xff;
        int rate = (exchange.request32(20) >>> 16) & 0xff;
        if (exchange.request32(16) != 0) {
            return ExpectedStatus.error("no stream features are offered (5.14.6.6.3)");
        }
        if (!offers(format, rate, channels)) {
            return ExpectedStatus.error("format, rate or channels are not offered (5.14.6.6.3)");
        }
        long frameBytes = (long) channels * FORMATS[format].sampleBytes();
        if (period < frameBytes || buffer == 0 || buffer % period != 0) {
            return ExpectedStatus.error("the buffer must be whole periods, and a period a frame or more (5.14.6.6.3)");
        }
        return period % frameBytes == 0
                ? transition
                : ExpectedStatus.either("a period should be whole frames (5.14.6.6.3)");
    }

    private boolean offers(int format, int rate, int channels) {
        if (format == 0 || format >= FORMATS.length || rate >= StreamSetup.rateCount() || channels == 0) {
            return false;
        }
        boolean anyFormat = traced.streams().isEmpty();
        boolean anyRate = anyFormat;
        boolean anyChannels = anyFormat;
        for (PcmInfo info : traced.streams().values()) {
            anyFormat |= ((info.formats() >>> format) & 1) != 0;
            anyRate |= ((info.rates() >>> rate) & 1) != 0;
            anyChannels |= channels >= info.channelsMin() && channels <= info.channelsMax();
        }
        return anyFormat && anyRate && anyChannels;
    }

    private @Nullable StreamShadow stream(int id) {
        return id >= 0 && id < streams.size() ? streams.get(id) : null;
    }
}
