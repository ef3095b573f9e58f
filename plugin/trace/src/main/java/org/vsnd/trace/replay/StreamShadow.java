// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.audio.PcmFormat;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.card.PcmState;

/** Where a stream of this card is in its life cycle, VIRTIO 1.4 section 5.14.6.6.1, by the commands it has granted. */
final class StreamShadow {
    private final int id;
    private final boolean output;
    private final String name;
    private PcmState state = PcmState.INITIAL;
    private int rateHz = 1;
    private int frameBytes = 1;
    private long periodBytes;
    private long bufferBytes;
    private PcmFormat format = PcmFormat.S16;

    StreamShadow(int id, StreamMap streams) {
        this.id = id;
        output = streams.isOutput(id);
        name = (output ? "output " : "input ") + streams.ordinal(id);
    }

    /** This card's number. */
    int id() {
        return id;
    }

    boolean isOutput() {
        return output;
    }

    /** As the card calls it where it opens the host's audio. */
    String name() {
        return name;
    }

    PcmState state() {
        return state;
    }

    void reset() {
        state = PcmState.INITIAL;
    }

    /** The card has granted a command. */
    void granted(int code, ChainExchange exchange) {
        state = state.after(code);
        if (code == SndWire.R_PCM_SET_PARAMS) {
            setParams(exchange);
        }
    }

    private void setParams(ChainExchange exchange) {
        bufferBytes = Integer.toUnsignedLong(exchange.request32(8));
        periodBytes = Integer.toUnsignedLong(exchange.request32(12));
        int shape = exchange.request32(20); // channels, format, rate, padding
        int wireFormat = (shape >>> 8) & 0xff;
        int wireRate = (shape >>> 16) & 0xff;
        PcmFormat[] formats = PcmFormat.values();
        if (wireFormat < formats.length
                && wireRate < StreamSetup.rateCount()) { // else the card should not have granted it
            format = formats[wireFormat];
            rateHz = new StreamSetup(wireFormat, wireRate, 1, 1, 1).rateHz();
            frameBytes = Math.max(1, format.sampleBytes() * (shape & 0xff));
        }
    }

    int rateHz() {
        return rateHz;
    }

    int frameBytes() {
        return frameBytes;
    }

    PcmFormat format() {
        return format;
    }

    /** The most that a record ring must hold for a driver that asks late. */
    long backlogBytes() {
        return Math.max(2 * periodBytes, bufferBytes);
    }

    /** Whether the driver's buffer holds several periods. */
    boolean holdsSeveralPeriods() {
        return bufferBytes >= 2 * periodBytes;
    }

    long framesIn(long nanos) {
        return nanos / 1_000_000_000L * rateHz + nanos % 1_000_000_000L * rateHz / 1_000_000_000L;
    }
}
