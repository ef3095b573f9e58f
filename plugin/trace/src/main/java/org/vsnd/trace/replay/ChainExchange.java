// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.vsnd.trace.TraceStep;

/** One chain of the trace: what the guest sent, what the traced card made of it, and what this card makes of it. */
final class ChainExchange {
    private final int line;
    private final TraceStep.Avail offered;
    private final byte[] request;
    private final boolean invented;
    private final long writableBytes;
    private final long sentNanos;

    private long interruptsBefore;
    private boolean back;
    private int usedLength;
    private byte[] reply = new byte[0];
    private long backNanos;
    private long ordinal;
    private boolean cutShort;
    private TraceStep.@Nullable Used used;

    /**
     * @param line of the trace in which the chain became available
     * @param request the readable bytes as they are here
     * @param invented whether they stand in for bytes that the trace does not have
     */
    ChainExchange(
            int line, TraceStep.Avail offered, byte[] request, boolean invented, long writableBytes, long sentNanos) {
        this.line = line;
        this.offered = offered;
        this.request = request;
        this.invented = invented;
        this.writableBytes = writableBytes;
        this.sentNanos = sentNanos;
    }

    /** It is put into its ring, after this many interrupts of the queue. */
    void offered(long interrupts) {
        interruptsBefore = interrupts;
    }

    long interruptsBefore() {
        return interruptsBefore;
    }

    /**
     * This card has used it.
     *
     * @param bytes all that it could have written
     * @param number which used element of its queue it is, from 1
     */
    void back(int length, byte[] bytes, long nanos, long number) {
        back = true;
        usedLength = length;
        reply = bytes;
        backNanos = nanos;
        ordinal = number;
    }

    /** It came back because its stream was released or stopped, not because its time had come. */
    void cutShort() {
        cutShort = true;
    }

    /** What the traced card has made of it. */
    void traced(TraceStep.Used step) {
        used = step;
    }

    int line() {
        return line;
    }

    TraceStep.Avail offered() {
        return offered;
    }

    int queue() {
        return offered.queue();
    }

    byte[] request() {
        return request;
    }

    boolean invented() {
        return invented;
    }

    long writableBytes() {
        return writableBytes;
    }

    long sentNanos() {
        return sentNanos;
    }

    boolean isBack() {
        return back;
    }

    /** Bytes written, as this card's used element says. */
    int usedLength() {
        return usedLength;
    }

    /** All writable bytes as this card left them. */
    byte[] reply() {
        return reply;
    }

    long backNanos() {
        return backNanos;
    }

    long ordinal() {
        return ordinal;
    }

    boolean isCutShort() {
        return cutShort;
    }

    /** Null: the trace ends, or the card was reset, before it came back. */
    TraceStep.@Nullable Used used() {
        return used;
    }

    /** 32 bits of the request, or -1 if it is shorter. */
    int request32(int offset) {
        return read32(request, offset);
    }

    /** 32 bits of the reply, or -1 if it is shorter. */
    int reply32(int offset) {
        return read32(reply, offset);
    }

    private static int read32(byte[] bytes, int offset) {
        return offset < 0 || offset + Integer.BYTES > bytes.length
                ? -1
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }
}
