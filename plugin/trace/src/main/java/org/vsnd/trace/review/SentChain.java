// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

/** A chain that the driver has given to the card, as far as the trace has its bytes. */
final class SentChain {
    private final int line;
    private final TraceStep.Avail step;
    private final ByteBuffer known;
    private final long readableBytes;
    private final long writableBytes;

    /** @param line of the trace in which it became available */
    SentChain(int line, TraceStep.Avail step) {
        this.line = line;
        this.step = step;
        known = bytes(step.chain(), false);
        readableBytes = length(step.chain(), false);
        writableBytes = length(step.chain(), true);
    }

    private static long length(List<TraceDescriptor> chain, boolean writable) {
        return chain.stream()
                .filter(descriptor -> descriptor.isWritable() == writable)
                .mapToLong(TraceDescriptor::length)
                .sum();
    }

    /** The bytes of one side of a chain, up to the first that the trace does not have. */
    private static ByteBuffer bytes(List<TraceDescriptor> chain, boolean writable) {
        StringBuilder hex = new StringBuilder();
        boolean whole = true;
        for (TraceDescriptor descriptor : chain) {
            if (descriptor.isWritable() == writable && whole) {
                String some = hex(descriptor.content());
                hex.append(some);
                whole = some.length() == 2 * descriptor.length();
            }
        }
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String hex(TraceContent content) {
        if (content instanceof TraceContent.Hex all) {
            return all.hex();
        }
        return content instanceof TraceContent.Summary summary ? summary.head() : "";
    }

    /** What the card wrote, up to the first byte that the trace does not have. */
    static ByteBuffer written(TraceStep.Used used) {
        return bytes(used.written(), true);
    }

    int line() {
        return line;
    }

    long micros() {
        return step.micros();
    }

    int queue() {
        return step.queue();
    }

    TraceStep.Avail step() {
        return step;
    }

    List<TraceDescriptor> descriptors() {
        return step.chain();
    }

    long readableBytes() {
        return readableBytes;
    }

    long writableBytes() {
        return writableBytes;
    }

    /** Whether the trace has so many bytes of the readable part. */
    boolean knows(int bytes) {
        return known.limit() >= bytes;
    }

    /** 32 bits of the readable part, which the trace {@link #knows}. */
    int int32(int offset) {
        return known.getInt(offset);
    }

    /** A byte of the readable part, 0 to 255, which the trace {@link #knows}. */
    int byteAt(int offset) {
        return known.get(offset) & 0xff;
    }
}
