// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;
import org.vsnd.trace.card.TracedCard;

/** Looks at control requests, VIRTIO 1.4 section 5.14.6. */
final class ControlReview {
    private static final int CODE_BYTES = 4;
    private static final int QUERY_BYTES = 16;
    private static final int PCM_HEADER_BYTES = 8;
    private static final int SET_PARAMS_BYTES = 24;
    private static final int STATUS_BYTES = 4;
    private static final int FORMATS = 25;

    private final TracedCard card;
    private final BooleanSupplier acceptedControls;
    private final StreamReviews streams;
    private final Remarks remarks;

    /** @param acceptedControls whether the driver has accepted VIRTIO_SND_F_CTLS */
    ControlReview(TracedCard card, BooleanSupplier acceptedControls, StreamReviews streams, Remarks remarks) {
        this.card = card;
        this.acceptedControls = acceptedControls;
        this.streams = streams;
        this.remarks = remarks;
    }

    /** The driver sends a request. */
    void sent(SentChain request) {
        if (!isWhole(request, CODE_BYTES, "a request")) {
            return;
        }
        int code = code(request);
        String name = SndNames.request(code);
        switch (code) {
            case SndWire.R_JACK_INFO, SndWire.R_PCM_INFO, SndWire.R_CHMAP_INFO -> wholeQuery(request, name);
            case SndWire.R_PCM_SET_PARAMS -> {
                if (isWhole(request, SET_PARAMS_BYTES, name) && knowsStream(request)) {
                    params(request);
                }
            }
            case SndWire.R_PCM_PREPARE, SndWire.R_PCM_RELEASE, SndWire.R_PCM_START, SndWire.R_PCM_STOP -> {
                if (isWhole(request, PCM_HEADER_BYTES, name)) {
                    knowsStream(request);
                }
            }
            case SndWire.R_JACK_REMAP -> isWhole(request, QUERY_BYTES, name);
            default -> {
                if (!SndNames.isOfControls(code) || !acceptedControls.getAsBoolean()) {
                    remark(RemarkKind.REQUEST_UNKNOWN, request, String.format("code 0x%04x", code));
                } else if (code == SndWire.R_CTL_INFO) {
                    wholeQuery(request, name);
                }
            }
        }
        if (request.writableBytes() < STATUS_BYTES) {
            remark(RemarkKind.REPLY_SMALL, request, request.writableBytes() + " bytes for the status of " + name);
        }
    }

    private static int code(SentChain request) {
        return request.int32(0);
    }

    private void remark(RemarkKind kind, SentChain at, String seen) {
        remarks.add(kind, at.line(), at.micros(), seen);
    }

    /** Whether the request has all of its structure, and the trace the bytes. */
    private boolean isWhole(SentChain request, int bytes, String name) {
        if (request.readableBytes() < bytes) {
            remark(RemarkKind.REQUEST_SHORT, request, name + " of " + request.readableBytes() + " bytes, not " + bytes);
        }
        return request.knows(bytes);
    }

    private void wholeQuery(SentChain request, String name) {
        if (isWhole(request, QUERY_BYTES, name)) {
            query(request, name);
        }
    }

    private void query(SentChain request, String name) {
        long count = Integer.toUnsignedLong(request.int32(8));
        long size = Integer.toUnsignedLong(request.int32(12));
        long needed = STATUS_BYTES + count * size;
        if (request.writableBytes() < needed) {
            remark(
                    RemarkKind.REPLY_SMALL,
                    request,
                    request.writableBytes() + " bytes for " + name + " of " + count + " items, not " + needed);
        }
        List<TraceDescriptor> room = request.descriptors().stream()
                .filter(TraceDescriptor::isWritable)
                .toList();
        if (room.size() > 1
                && count > 0
                && room.get(0).length() == count * size
                && room.get(room.size() - 1).length() == STATUS_BYTES) {
            remark(
                    RemarkKind.STATUS_LAST,
                    request,
                    name + " with " + room.get(0).length() + " writable bytes and then " + STATUS_BYTES);
        }
    }

    private boolean knowsStream(SentChain request) {
        long id = Integer.toUnsignedLong(request.int32(4));
        if (streams.exists(id)) {
            return true;
        }
        remark(RemarkKind.STREAM_UNKNOWN, request, "stream " + id + " in " + SndNames.request(code(request)));
        return false;
    }

    private void params(SentChain request) {
        String stream = "stream " + request.int32(4) + ": ";
        long buffer = Integer.toUnsignedLong(request.int32(8));
        long period = Integer.toUnsignedLong(request.int32(12));
        if (buffer == 0 || period == 0 || buffer % period != 0) {
            remark(RemarkKind.BUFFER_NOT_PERIODS, request, stream + buffer + " bytes, and periods of " + period);
        }
        if (request.byteAt(23) != 0) {
            remark(RemarkKind.PADDING_NOT_ZERO, request, stream + request.byteAt(23));
        }
        int frameBytes = frameBytes(request);
        if (frameBytes > 0 && period % frameBytes != 0) {
            remark(
                    RemarkKind.PERIOD_NOT_FRAMES,
                    request,
                    stream + period + " bytes, in frames of " + frameBytes + " bytes");
        }
        Optional<PcmInfo> info = Optional.ofNullable(card.streams().get(request.int32(4)));
        if (info.isPresent() && !offers(info.get(), request)) {
            remark(RemarkKind.PARAMS_NOT_OFFERED, request, stream + set(request));
        }
    }

    /** Bytes of a frame as SET_PARAMS has them; 0 for a format of which this is not known. */
    static int frameBytes(SentChain setParams) {
        int channels = setParams.byteAt(20);
        int format = setParams.byteAt(21);
        return format == 0 || format > 20 ? 0 : new StreamSetup(format, 0, channels, 1, 1).frameBytes();
    }

    private static boolean offers(PcmInfo info, SentChain request) {
        int channels = request.byteAt(20);
        int format = request.byteAt(21);
        int rate = request.byteAt(22);
        return channels >= info.channelsMin()
                && channels <= info.channelsMax()
                && format < FORMATS
                && (info.formats() >>> format & 1) != 0
                && rate < StreamSetup.rateCount()
                && (info.rates() >>> rate & 1) != 0
                && (request.int32(16) & ~info.features()) == 0;
    }

    private static String set(SentChain request) {
        int rate = request.byteAt(22);
        String hz = rate < StreamSetup.rateCount() ? " (" + new StreamSetup(0, rate, 1, 1, 1).rateHz() + " Hz)" : "";
        return "format " + request.byteAt(21) + ", rate " + rate + hz + ", " + request.byteAt(20)
                + " channels, features 0x" + Integer.toHexString(request.int32(16));
    }

    /** The card has answered a request. */
    void answered(SentChain request, TraceStep.Used used) {
        ByteBuffer reply = SentChain.written(used);
        if (!request.knows(CODE_BYTES) || reply.limit() < STATUS_BYTES) {
            return;
        }
        int code = code(request);
        int status = reply.getInt(0);
        if (SndNames.isQuery(code) && status == SndWire.S_BAD_MSG && request.knows(QUERY_BYTES)) {
            checkRange(request, code);
        } else if (isCommand(code) && request.knows(PCM_HEADER_BYTES)) {
            streams.answered(code, request, status == SndWire.S_OK);
        }
    }

    private void checkRange(SentChain request, int code) {
        long total = switch (code) {
            case SndWire.R_JACK_INFO -> card.jacks();
            case SndWire.R_PCM_INFO -> card.streamCount().orElse(Long.MAX_VALUE);
            case SndWire.R_CTL_INFO -> card.controls();
            default -> card.chmaps().orElse(Long.MAX_VALUE);
        };
        long start = Integer.toUnsignedLong(request.int32(4));
        long count = Integer.toUnsignedLong(request.int32(8));
        if (count > 0 && start + count > total) {
            remark(
                    RemarkKind.ITEMS_OUT_OF_RANGE,
                    request,
                    SndNames.request(code) + " of " + count + " items from " + start + " on, of " + total);
        }
    }

    private static boolean isCommand(int code) {
        return code >= SndWire.R_PCM_SET_PARAMS && code <= SndWire.R_PCM_STOP;
    }
}
