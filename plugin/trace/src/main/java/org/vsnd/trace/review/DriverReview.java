// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;
import org.vsnd.trace.card.TracedCard;

/**
 * Reads a trace and lists what its driver does against the standard, or at its user's cost, whatever the traced card made of
 * it. What a trace cannot show, such as a status that nobody looks at, is not in it.
 */
public final class DriverReview {
    private static final int EVENT_BYTES = 8;
    private static final int INDIRECT = 4;

    private record Place(int queue, int head) {}

    private final TracedCard card;
    private final Remarks remarks = new Remarks();
    private final SetupReview setup;
    private final StreamReviews streams;
    private final ControlReview control;
    private final MemoryReview memory;
    private final Map<Place, SentChain> pending = new HashMap<>();

    private boolean eventBufferSeen;
    private boolean noEventBufferSaid;

    private DriverReview(Trace trace) {
        card = new TracedCard(trace);
        setup = new SetupReview(card.layout(), remarks);
        streams = new StreamReviews(card, remarks);
        control = new ControlReview(card, setup::acceptedControls, streams, remarks);
        memory = new MemoryReview(streams::stoppedSince, remarks);
    }

    /** What there is to remark: what the standard demands first, then in the order of the trace. */
    public static List<Remark> of(Trace trace) {
        DriverReview review = new DriverReview(trace);
        int line = 0;
        for (TraceStep step : trace.steps()) {
            review.step(step, ++line);
        }
        review.streams.end();
        return review.remarks.list();
    }

    private void step(TraceStep step, int line) {
        if (step instanceof TraceStep.ConfigAccess access) {
            setup.config(access);
        } else if (step instanceof TraceStep.BarAccess access) {
            setup.bar(access, line);
        } else if (step instanceof TraceStep.Avail avail) {
            sent(new SentChain(line, avail));
        } else if (step instanceof TraceStep.Used used) {
            back(used);
        } else if (step instanceof TraceStep.AreaFree area) {
            setup.freed(area, line);
            memory.freed(area, line);
        } else if (step instanceof TraceStep.Reset) {
            setup.reset();
            streams.end();
            memory.reset();
            pending.clear();
            eventBufferSeen = false;
            noEventBufferSaid = false;
        }
    }

    private void remark(RemarkKind kind, SentChain at, String seen) {
        remarks.add(kind, at.line(), at.micros(), seen);
    }

    private void sent(SentChain chain) {
        pending.put(new Place(chain.queue(), chain.step().head()), chain);
        framing(chain);
        memory.sent(chain);
        switch (chain.queue()) {
            case SndWire.CONTROL_QUEUE -> control.sent(chain);
            case SndWire.EVENT_QUEUE -> event(chain);
            case SndWire.TX_QUEUE, SndWire.RX_QUEUE -> {
                streams.sent(chain);
                eventBuffersMissing(chain);
            }
            default -> {}
        }
    }

    /** By the time sound flows there should be some. */
    private void eventBuffersMissing(SentChain message) {
        if (!eventBufferSeen && !noEventBufferSaid) {
            noEventBufferSaid = true;
            remark(RemarkKind.NO_EVENT_BUFFERS, message, "none until the first message of sound");
        }
    }

    private void framing(SentChain chain) {
        boolean writable = false;
        boolean indirect = chain.step().indirect().isPresent();
        for (TraceDescriptor descriptor : chain.descriptors()) {
            indirect |= (descriptor.flags() & INDIRECT) != 0;
            if (writable && !descriptor.isWritable()) {
                remark(
                        RemarkKind.READABLE_AFTER_WRITABLE,
                        chain,
                        "descriptor " + descriptor.index() + " in a chain of the " + SndNames.queue(chain.queue()));
                break;
            }
            writable |= descriptor.isWritable();
        }
        if (indirect && !setup.acceptedIndirect()) {
            remark(RemarkKind.INDIRECT_NOT_ACCEPTED, chain, "in a chain of the " + SndNames.queue(chain.queue()));
        }
    }

    private void event(SentChain buffer) {
        eventBufferSeen = true;
        if (buffer.readableBytes() > 0 || buffer.writableBytes() < EVENT_BYTES) {
            remark(
                    RemarkKind.EVENT_BUFFER_UNFIT,
                    buffer,
                    buffer.readableBytes() + " readable and " + buffer.writableBytes() + " writable bytes");
        }
    }

    private void back(TraceStep.Used used) {
        SentChain chain = pending.remove(new Place(used.queue(), used.id()));
        if (chain == null) {
            return;
        }
        memory.back(chain);
        if (used.queue() == SndWire.CONTROL_QUEUE) {
            control.answered(chain, used);
        } else if (used.queue() != SndWire.EVENT_QUEUE) {
            streams.back(chain, used);
        }
    }
}
