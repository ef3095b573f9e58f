// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;

/** Makes steps of a trace out of the ring's pieces. Writer thread only. */
final class StepReader {
    /** Who the guest is cannot be known at this boundary. */
    static final String GUEST = "guest";
    /** Whose remarks are not the guest's. */
    static final String RECORDER = "recorder";

    private static final int U16 = 0xffff;

    /** Takes the steps, in order. */
    interface Sink {
        void accept(TraceStep step) throws IOException;
    }

    private final StepRing ring;
    private final ContentReader content;
    private final Sink sink;
    private final List<TraceDescriptor> chain = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private long micros;
    private boolean inChain;
    private boolean avail;
    private int queue;
    private int idx;
    private int flagsOrId;
    private int headOrLength;
    private @Nullable TraceDescriptor descriptor;
    private TraceStep.@Nullable IndirectTable indirect;

    StepReader(StepRing ring, ContentReader content, Sink sink) {
        this.ring = ring;
        this.content = content;
        this.sink = sink;
    }

    /** Takes everything out of the ring. */
    void drain() throws IOException {
        while (ring.next()) {
            take(ring.kind(), ring.payload());
        }
        endStep();
    }

    private void take(int kind, ByteBuffer piece) throws IOException {
        switch (kind) {
            case StepRecord.DESCRIPTOR -> takeDescriptor(piece);
            case StepRecord.BYTES -> content.add(piece);
            case StepRecord.UNREADABLE ->
                remarks.add(String.format(
                        "guest memory at 0x%x, %d bytes, cannot be read", piece.getLong(), piece.getLong()));
            case StepRecord.CUT -> remarks.add(cut(piece.getInt()));
            case StepRecord.NOTHING -> {}
            default -> {
                endStep();
                micros = piece.getLong() / 1000;
                takeHead(kind, piece);
            }
        }
    }

    private void takeHead(int kind, ByteBuffer piece) throws IOException {
        switch (kind) {
            case StepRecord.AVAIL, StepRecord.USED -> {
                inChain = true;
                avail = kind == StepRecord.AVAIL;
                queue = piece.getInt();
                idx = piece.getInt();
                flagsOrId = piece.getInt() & U16; // an id that is none is remarked on
                headOrLength = piece.getInt();
            }
            case StepRecord.IRQ -> sink.accept(interrupt(piece.getInt()));
            case StepRecord.RESET -> sink.accept(new TraceStep.Reset(micros, GUEST, how(piece.getInt())));
            case StepRecord.LOST -> sink.accept(new TraceStep.Lost(micros, RECORDER, piece.getLong()));
            default -> sink.accept(access(kind, piece));
        }
    }

    private TraceStep access(int kind, ByteBuffer piece) {
        long value = piece.getLong();
        long offset = piece.getLong();
        int bar = piece.getInt();
        int size = piece.getInt();
        boolean write = kind == StepRecord.CFG_WRITE || kind == StepRecord.MMIO_WRITE;
        return kind == StepRecord.CFG_READ || kind == StepRecord.CFG_WRITE
                ? new TraceStep.ConfigAccess(micros, GUEST, write, (int) offset, size, value)
                : new TraceStep.BarAccess(micros, GUEST, write, bar, offset, size, value);
    }

    private TraceStep interrupt(int vector) {
        return vector == StepRecord.INTX
                ? new TraceStep.Interrupt(micros, GUEST, TraceStep.InterruptKind.INTX, 0)
                : new TraceStep.Interrupt(micros, GUEST, TraceStep.InterruptKind.MSIX, vector);
    }

    private void takeDescriptor(ByteBuffer piece) throws IOException {
        endDescriptor();
        long address = piece.getLong();
        long length = Integer.toUnsignedLong(piece.getInt());
        int index = piece.getInt();
        int flags = piece.getInt();
        if ((flags & ChainSteps.F_INDIRECT) != 0) {
            indirect = new TraceStep.IndirectTable(address, length);
        } else {
            descriptor = new TraceDescriptor(index, address, length, flags, TraceContent.NONE);
            content.begin(length);
        }
    }

    private void endDescriptor() throws IOException {
        TraceDescriptor of = descriptor;
        if (of != null) {
            boolean shown = of.isWritable() != avail; // the driver's bytes when offered, the device's when used
            chain.add(shown ? withContent(of) : of);
        }
        descriptor = null;
    }

    private TraceDescriptor withContent(TraceDescriptor of) throws IOException {
        TraceContent found = content.end();
        return new TraceDescriptor(of.index(), of.address(), of.length(), of.flags(), found);
    }

    private void endStep() throws IOException {
        endDescriptor();
        if (inChain) {
            sink.accept(
                    avail
                            ? new TraceStep.Avail(
                                    micros,
                                    GUEST,
                                    queue,
                                    idx,
                                    flagsOrId,
                                    headOrLength,
                                    Optional.ofNullable(indirect),
                                    chain)
                            : new TraceStep.Used(
                                    micros, GUEST, queue, idx, flagsOrId, Integer.toUnsignedLong(headOrLength), chain));
        }
        inChain = false;
        indirect = null;
        chain.clear();
        for (String remark : remarks) {
            sink.accept(new TraceStep.Mark(micros, RECORDER, remark, OptionalInt.empty()));
        }
        remarks.clear();
    }

    private static String how(int reset) {
        return switch (reset) {
            case StepRecord.RESET_STATUS -> "device_status=0";
            case StepRecord.RESET_FLR -> "flr";
            default -> "host";
        };
    }

    private static String cut(int reason) {
        return "the chain goes on, but "
                + switch (reason) {
                    case StepRecord.CUT_LOOP -> "in a loop";
                    case StepRecord.CUT_OUT_OF_RANGE -> "out of its table";
                    case StepRecord.CUT_INDIRECT -> "with an indirect descriptor that is not allowed";
                    default -> "beyond what any device takes";
                };
    }
}
