// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.host.VirtualTime;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.Structure;
import org.vsnd.trace.card.TracedCard;
import org.vsnd.trace.review.DriverReview;
import org.vsnd.trace.tape.TapeBackend;

/** Plays the guest's side of a trace against this card, in virtual time, and judges what the card does. */
public final class Replay {
    private static final long START_NANOS = 1_000_000_000_000L;
    private static final int MAX_INTERRUPT_TIMES = 100_000;

    private final Trace trace;
    private final Findings findings = new Findings();
    private final TapeBackend tape = new TapeBackend();
    private final VirtualTime time = new VirtualTime(START_NANOS);
    private final List<Long> interruptNanos = new ArrayList<>();

    private Replay(Trace trace) {
        this.trace = trace;
    }

    /**
     * Replays a trace against a card.
     *
     * @throws TraceException if the trace contradicts itself, or lacks what a replay needs
     */
    public static ReplayResult run(Trace trace, CardFactory factory) throws TraceException {
        return new Replay(trace).run(factory);
    }

    private ReplayResult run(CardFactory factory) throws TraceException {
        TracedCard traced = new TracedCard(trace);
        for (Structure structure : new Structure[] {Structure.COMMON, Structure.NOTIFY}) {
            if (traced.layout().region(structure).isEmpty()) {
                throw new TraceException(trace.file() + ": the guest never reads where the structure " + structure
                        + " is; a trace must begin before the guest looks at its card's capabilities");
            }
        }
        ReplaySetup setup = ReplaySetup.of(traced, String.valueOf(trace.file()));
        ReplayMemory memory = ReplayMemory.of(trace);
        DriverShadow shadow = new DriverShadow();
        ReplayQueues queues = new ReplayQueues(shadow, this::interrupted);
        InterruptWatch watch = new InterruptWatch(traced.hostMasksMsix(), queues);
        ReplayHost host = new ReplayHost(new WatchedMemory(memory.flat(), queues::collectAtOnce), watch, time);
        PciFunction function;
        try {
            function = factory.create(host, setup.options(), tape);
        } catch (PluginException e) {
            throw new TraceException(trace.file() + ": no card can be made for it: " + e.getMessage());
        }
        ReplayBus bus = new ReplayBus(host, function, memory);
        OwnCard own = OwnCard.probe(bus);
        CardJudge judge = new CardJudge(setup, traced, own, shadow, tape, findings);
        queues.create(own.queueCount(), bus, memory, judge::back);
        ReplayContext stage = new ReplayContext(trace, traced, own, bus, memory, shadow, watch, queues, findings);
        RequestRewriter rewriter = new RequestRewriter(setup.streams(), traced.items(), own.items());
        RingPlayer rings = new RingPlayer(stage, new ChainBuilder(stage, rewriter), judge);
        TracePlayer player = new TracePlayer(stage, rings, judge);
        Optional<HangVerdict> hang = Optional.empty();
        try {
            hang = player.play();
        } catch (DeviceFaultException | IllegalStateException e) {
            findings.fail(judge.line(), "the card", "to go by the rules", String.valueOf(e.getMessage()));
        }
        judge.end(bus.nanoTime());
        bus.close();
        player.takeViolations(trace.steps().size());
        for (String stray : watch.strays()) {
            findings.fail(0, "interrupts", "none but what the driver has set up", stray);
        }
        return result(setup, judge, hang);
    }

    private void interrupted() {
        if (interruptNanos.size() < MAX_INTERRUPT_TIMES) {
            interruptNanos.add(time.nanoTime());
        }
    }

    private ReplayResult result(ReplaySetup setup, CardJudge judge, Optional<HangVerdict> hang) {
        List<Long> tracedMicros = trace.steps().stream()
                .filter(TraceStep.Interrupt.class::isInstance)
                .map(TraceStep::micros)
                .limit(MAX_INTERRUPT_TIMES)
                .toList();
        return new ReplayResult(
                trace.name(),
                setup.options(),
                findings.counts(),
                findings.failures(),
                findings.differences(),
                DriverReview.of(trace),
                hang,
                judge.flights(),
                new ReplayResult.InterruptTimes(tracedMicros, List.copyOf(interruptNanos)),
                tape.sinks());
    }
}
