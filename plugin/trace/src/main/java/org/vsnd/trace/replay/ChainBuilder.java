// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.TraceBlobs;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;

/** Lays a chain of the trace out in the guest's memory, with the numbers that this card knows its streams by. */
final class ChainBuilder {
    /** Seed of the sound that stands in for what a trace does not have. */
    private static final long SEED = 4711;

    private static final int XFER_BYTES = 4;

    private final ReplayContext stage;
    private final ReplayMemory memory;
    private final TraceBlobs blobs;
    private final RequestRewriter rewriter;
    private long inventedBytes;

    /** A chain that is ready to be put into a ring. */
    record Built(ChainExchange exchange, BufferList buffers) {}

    ChainBuilder(ReplayContext stage, RequestRewriter rewriter) {
        this.stage = stage;
        this.rewriter = rewriter;
        memory = stage.memory();
        blobs = new TraceBlobs(stage.trace());
    }

    /** @param line where the chain stands */
    Built build(TraceStep.Avail avail, int line, long nowNanos) throws TraceException {
        BufferList buffers = new BufferList();
        ByteArrayOutputStream readable = new ByteArrayOutputStream();
        List<TraceDescriptor> sources = new ArrayList<>();
        boolean invented = false;
        for (TraceDescriptor descriptor : avail.chain()) {
            long address = memory.place(descriptor.address());
            if (descriptor.isWritable()) {
                buffers.writable(address, (int) descriptor.length());
            } else if (buffers.writableBytes() > 0) {
                throw stage.refusal(line, "a chain's readable descriptors must come before its writable ones");
            } else {
                invented |= read(descriptor, avail.queue(), readable, line);
                sources.add(descriptor);
                buffers.readable(address, (int) descriptor.length());
            }
        }
        if (buffers.count() == 0) {
            throw stage.refusal(line, "a chain must have descriptors");
        }
        byte[] request = readable.toByteArray();
        rewriter.rewrite(avail.queue(), request);
        int at = 0;
        for (TraceDescriptor source : sources) {
            memory.ram().write(memory.place(source.address()), request, at, (int) source.length());
            at += (int) source.length();
        }
        return new Built(new ChainExchange(line, avail, request, invented, buffers.writableBytes(), nowNanos), buffers);
    }

    /** Returns whether the bytes are made up. */
    private boolean read(TraceDescriptor descriptor, int queue, ByteArrayOutputStream into, int line)
            throws TraceException {
        Optional<byte[]> bytes;
        try {
            bytes = blobs.bytes(descriptor);
        } catch (TraceException e) {
            throw stage.refusal(line, String.valueOf(e.getMessage()));
        }
        if (bytes.isPresent()) {
            into.writeBytes(bytes.get());
            return false;
        }
        byte[] head = head(descriptor); // a header that shares its buffer with the sound
        if (descriptor.length() > 0 && (queue != SndWire.TX_QUEUE || into.size() + head.length < XFER_BYTES)) {
            throw stage.refusal(line, "the bytes of this request are not in the trace, so it cannot be replayed");
        }
        into.writeBytes(head);
        int missing = (int) descriptor.length() - head.length;
        into.writeBytes(BytePattern.bytes(SEED, inventedBytes, missing));
        inventedBytes += missing;
        return true;
    }

    private static byte[] head(TraceDescriptor descriptor) {
        byte[] head = descriptor.content() instanceof TraceContent.Summary summary
                ? HexFormat.of().parseHex(summary.head())
                : new byte[0];
        return head.length <= descriptor.length() ? head : new byte[0];
    }
}
