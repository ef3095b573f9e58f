// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.GivenTraces;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.TraceStep;

/** A given trace with other steps: what the guest would have done with another card, or another card with it. */
final class EditedTrace {
    static final int COMMON_BAR = 4;
    static final int NOTIFY = 0x3000;
    static final long CONTROL_PAGE = 0x100c000L;

    private final Trace given;
    private final List<TraceStep> steps;

    private EditedTrace(Trace given, List<TraceStep> steps) {
        this.given = given;
        this.steps = steps;
    }

    static EditedTrace of(String name) {
        try {
            Trace trace = TraceReader.read(GivenTraces.named(name));
            return new EditedTrace(trace, trace.steps());
        } catch (TraceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Trace trace() {
        return new Trace(given.file(), steps);
    }

    List<TraceStep> steps() {
        return steps;
    }

    ReplayResult replay() {
        return replay(new VirtioSoundPlugin()::create);
    }

    ReplayResult replay(CardFactory factory) {
        try {
            return Replay.run(trace(), factory);
        } catch (TraceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    EditedTrace with(List<TraceStep> others) {
        return new EditedTrace(given, List.copyOf(others));
    }

    /** Any number of steps instead of each. */
    EditedTrace eachAs(Function<TraceStep, List<TraceStep>> edit) {
        return with(steps.stream().flatMap(step -> edit.apply(step).stream()).toList());
    }

    EditedTrace mapped(UnaryOperator<TraceStep> edit) {
        return with(steps.stream().map(edit).toList());
    }

    EditedTrace without(Predicate<TraceStep> unwanted) {
        return with(steps.stream().filter(unwanted.negate()).toList());
    }

    /** Every BAR access, as something else. */
    EditedTrace barAccesses(UnaryOperator<TraceStep.BarAccess> edit) {
        return mapped(step -> step instanceof TraceStep.BarAccess access ? edit.apply(access) : step);
    }

    /** Every chain of a queue, and what came back of it. */
    EditedTrace chains(int queue, UnaryOperator<TraceDescriptor> edit) {
        return mapped(step -> {
            if (step instanceof TraceStep.Avail avail && avail.queue() == queue) {
                return withChain(avail, avail.chain().stream().map(edit).toList());
            }
            return step instanceof TraceStep.Used used && used.queue() == queue
                    ? withWritten(used, used.written().stream().map(edit).toList(), used.length())
                    : step;
        });
    }

    static TraceStep.Avail withChain(TraceStep.Avail avail, List<TraceDescriptor> chain) {
        return new TraceStep.Avail(
                avail.micros(),
                avail.agent(),
                avail.queue(),
                avail.availIdx(),
                avail.availFlags(),
                avail.head(),
                avail.indirect(),
                chain);
    }

    static TraceStep.Used withWritten(TraceStep.Used used, List<TraceDescriptor> written, long length) {
        return new TraceStep.Used(
                used.micros(), used.agent(), used.queue(), used.usedIdx(), used.id(), length, written);
    }

    static TraceDescriptor withContent(TraceDescriptor descriptor, TraceContent content) {
        return new TraceDescriptor(
                descriptor.index(), descriptor.address(), descriptor.length(), descriptor.flags(), content);
    }

    /** The hexadecimal bytes of a descriptor, or nothing. */
    static String hex(TraceDescriptor descriptor) {
        return descriptor.content() instanceof TraceContent.Hex hex ? hex.hex() : "";
    }

    /** Everything from a step on happens later by so much. */
    EditedTrace laterFrom(int index, long micros) {
        List<TraceStep> later = new ArrayList<>(steps.subList(0, index));
        steps.subList(index, steps.size()).forEach(step -> later.add(TimeShift.by(step, micros)));
        return with(later);
    }

    /** The step that begins an exchange of buffers. */
    int exchange(int n) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof TraceStep.Mark mark
                    && mark.name().equals("BUFFER_EXCHANGE")
                    && mark.n().orElse(-1) == n) {
                return i;
            }
        }
        throw new IllegalArgumentException("there is no exchange " + n);
    }

    /** The first step that is like this. */
    int first(Predicate<TraceStep> wanted) {
        for (int i = 0; i < steps.size(); i++) {
            if (wanted.test(steps.get(i))) {
                return i;
            }
        }
        throw new IllegalArgumentException("there is no such step");
    }

    EditedTrace inserted(int index, List<TraceStep> more) {
        List<TraceStep> longer = new ArrayList<>(steps);
        longer.addAll(index, more);
        return with(longer);
    }

    /** A control request as the guest sends it, its answer, and the interrupt. */
    static List<TraceStep> control(long micros, String requestHex, String replyHex) {
        int requestBytes = requestHex.length() / 2;
        int replyBytes = replyHex.length() / 2;
        TraceDescriptor request =
                new TraceDescriptor(0, CONTROL_PAGE, requestBytes, 1, new TraceContent.Hex(requestHex));
        TraceDescriptor room = new TraceDescriptor(1, CONTROL_PAGE + requestBytes, replyBytes, 2, TraceContent.NONE);
        return List.of(
                new TraceStep.BarAccess(micros, "haiku", true, COMMON_BAR, NOTIFY, 2, 0),
                new TraceStep.Avail(micros, "haiku", 0, 0, 0, 0, Optional.empty(), List.of(request, room)),
                new TraceStep.Used(
                        micros,
                        "haiku",
                        0,
                        0,
                        0,
                        replyBytes,
                        List.of(withContent(room, new TraceContent.Hex(replyHex)))),
                new TraceStep.Interrupt(micros, "haiku", TraceStep.InterruptKind.MSIX, 1));
    }
}
