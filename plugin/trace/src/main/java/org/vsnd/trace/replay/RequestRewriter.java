// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.card.ItemCounts;

/**
 * Puts the numbers that this card knows its streams by into the guest's requests, and asks for no more jacks, channel
 * maps and control elements than this card has, as the guest would have done here.
 */
final class RequestRewriter {
    private static final int XFER_BYTES = 4;
    private static final int CODE = 0;
    private static final int STREAM_ID = 4;
    private static final int PCM_HEADER_BYTES = 8;
    private static final int START_ID = 4;
    private static final int COUNT = 8;
    private static final int INFO_REQUEST_BYTES = 16;

    private final StreamMap streams;
    private final ItemCounts traced;
    private final ItemCounts own;

    /** With what the guest's card had, and what this one has. */
    RequestRewriter(StreamMap streams, ItemCounts traced, ItemCounts own) {
        this.streams = streams;
        this.traced = traced;
        this.own = own;
    }

    /** Changes the readable bytes of a chain in place. */
    void rewrite(int queue, byte[] request) {
        ByteBuffer le = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
        if (queue == SndWire.CONTROL_QUEUE && request.length >= PCM_HEADER_BYTES) {
            rewriteControl(le);
        } else if (queue != SndWire.CONTROL_QUEUE && request.length >= XFER_BYTES) {
            le.putInt(0, streams.ours(le.getInt(0)));
        }
    }

    private void rewriteControl(ByteBuffer le) {
        switch (le.getInt(CODE)) {
            case SndWire.R_PCM_SET_PARAMS,
                    SndWire.R_PCM_PREPARE,
                    SndWire.R_PCM_RELEASE,
                    SndWire.R_PCM_START,
                    SndWire.R_PCM_STOP -> le.putInt(STREAM_ID, streams.ours(le.getInt(STREAM_ID)));
            case SndWire.R_PCM_INFO -> rewritePcmInfo(le);
            case SndWire.R_CHMAP_INFO -> clip(le, traced.chmaps(), own.chmaps());
            case SndWire.R_JACK_INFO -> clip(le, traced.jacks(), own.jacks());
            case SndWire.R_CTL_INFO -> clip(le, traced.controls(), own.controls());
            default -> {}
        }
    }

    private void rewritePcmInfo(ByteBuffer le) {
        if (isWithin(le, streams.count())) {
            int first = streams.firstOf(le.getInt(START_ID), le.getInt(COUNT));
            if (first >= 0) {
                le.putInt(START_ID, first);
            }
        }
    }

    private static void clip(ByteBuffer le, long tracedTotal, long total) {
        if (isWithin(le, tracedTotal)) {
            long start = Math.min(le.getInt(START_ID), total);
            le.putInt(START_ID, (int) start);
            le.putInt(COUNT, (int) Math.min(le.getInt(COUNT), total - start));
        }
    }

    private static boolean isWithin(ByteBuffer le, long total) {
        return le.limit() >= INFO_REQUEST_BYTES
                && Integer.toUnsignedLong(le.getInt(START_ID)) + Integer.toUnsignedLong(le.getInt(COUNT)) <= total;
    }
}
