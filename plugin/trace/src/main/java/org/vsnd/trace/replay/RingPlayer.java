// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;
import org.vsnd.trace.card.Structure;

/**
 * The guest's side of the queues: chains that become available, notifications, used elements and interrupts. Where the
 * guest waited for the card, the replay waits for this card, and says when it would never go on.
 */
final class RingPlayer {
    /** Far longer than any card takes, far shorter than never. */
    private static final long PATIENCE_NANOS = 10_000_000_000L;

    private final ReplayContext stage;
    private final List<TraceStep> steps;
    private final ReplayBus bus;
    private final OwnCard card;
    private final DriverShadow shadow;
    private final InterruptWatch watch;
    private final ReplayQueues queues;
    private final ChainBuilder builder;
    private final CardJudge judge;
    private final Findings findings;
    private final BitSet exposed = new BitSet(); // steps that were made available before their turn
    private boolean played;
    private boolean recorded;
    private final Map<Integer, ChainExchange> unannounced =
            new HashMap<>(); // by queue: seen used, no interrupt step since

    RingPlayer(ReplayContext stage, ChainBuilder builder, CardJudge judge) {
        this.stage = stage;
        this.builder = builder;
        this.judge = judge;
        steps = stage.trace().steps();
        bus = stage.bus();
        card = stage.own();
        shadow = stage.shadow();
        watch = stage.watch();
        queues = stage.queues();
        findings = stage.findings();
    }

    /** A write to the notification structure: the chains behind it are there before it. */
    void notify(int at, TraceStep.BarAccess access) throws TraceException {
        int index = (int) access.value() & 0xffff;
        findings.countAccess();
        if (index < queues.count()) {
            for (int i = at + 1; i < steps.size() && isOfOneMoment(steps.get(i), index); i++) {
                if (steps.get(i) instanceof TraceStep.Avail avail && avail.queue() == index && !exposed.get(i)) {
                    expose(i, avail);
                }
            }
            if (queues.isOpen(index)) {
                queues.get(index).wantsNotification(); // it gets one in any case, and is to be asked afresh
            }
        }
        Structure.Region region = card.layout().region(Structure.NOTIFY).orElseThrow();
        int size = access.size() == 4 ? 4 : 2;
        bus.writeBar(region.bar(), region.offset() + card.notifyAt(index), size, access.value());
    }

    /** Whether a step may stand between a notification and its chains. */
    private static boolean isOfOneMoment(TraceStep step, int queue) {
        return step instanceof TraceStep.Avail
                || step instanceof TraceStep.Interrupt
                || step instanceof TraceStep.Mark
                || (step instanceof TraceStep.Used used && used.queue() != queue);
    }

    /** A chain that came without a notification of its own, unless it is there already. */
    void avail(int at, TraceStep.Avail avail) throws TraceException {
        if (exposed.get(at)) {
            return;
        }
        expose(at, avail);
        if (queues.get(avail.queue()).wantsNotification()) { // the guest asks this card, not the traced one
            findings.differ(
                    at + 1,
                    "notifications of the " + SndNames.queue(avail.queue()),
                    "each card says which it wants (2.7.10)",
                    "not wanted",
                    "sent");
            Structure.Region region = card.layout().region(Structure.NOTIFY).orElseThrow();
            bus.writeBar(region.bar(), region.offset() + card.notifyAt(avail.queue()), 2, avail.queue());
        }
    }

    private void expose(int at, TraceStep.Avail avail) throws TraceException {
        exposed.set(at);
        recorded |= avail.queue() == SndWire.RX_QUEUE;
        int line = at + 1;
        if (!queues.isOpen(avail.queue())) {
            throw stage.refusal(line, "a chain is made available in queue " + avail.queue() + ", which was not set up");
        }
        ReplayQueue queue = queues.get(avail.queue());
        if (queue.named(avail.head()) != null) {
            throw stage.refusal(line, "descriptor " + avail.head() + " is made available twice without being used");
        }
        ChainBuilder.Built built = builder.build(avail, line, bus.nanoTime());
        judge.sent(built.exchange());
        if (!queue.add(built)) {
            throw stage.refusal(line, "queue " + avail.queue() + " of this card is too small for the guest's chains");
        }
    }

    /**
     * The guest sees a used element.
     *
     * @return false if it would never go on
     */
    boolean used(int at, TraceStep.Used used) throws TraceException {
        played |= used.queue() == SndWire.TX_QUEUE;
        int line = at + 1;
        if (used.queue() == SndWire.EVENT_QUEUE) {
            findings.differ(line, "events", "a card sends them if it likes (5.14.6.7)", "sent", "not waited for");
            return true;
        }
        ReplayQueue queue = queues.isOpen(used.queue()) ? queues.get(used.queue()) : null;
        ChainExchange exchange = queue == null ? null : queue.named(used.id());
        if (queue == null || exchange == null) {
            throw stage.refusal(
                    line, "element " + used.id() + " of queue " + used.queue() + " is used, but was not available");
        }
        if (!await(exchange::isBack)) {
            stuck(
                    line,
                    "a buffer of the " + SndNames.queue(used.queue()) + " used (made available in line "
                            + exchange.line() + ")");
            return false;
        }
        queue.forget(used.id());
        judge.compare(exchange, used);
        unannounced.put(used.queue(), exchange);
        if (!queue.usesEventIdx()) { // else the guest may want none: the trace says when
            awaitInterrupt(queue, exchange, line);
        }
        return true;
    }

    private void awaitInterrupt(ReplayQueue queue, ChainExchange exchange, int line) {
        if (!expectsInterrupts(queue.index())) {
            return;
        }
        if (await(() -> isNotified(queue, exchange))) {
            findings.countInterrupt();
        } else {
            findings.fail(
                    line,
                    "interrupt after a used buffer of the " + SndNames.queue(queue.index()),
                    "one",
                    "none; the guest would never go on");
        }
    }

    private boolean isNotified(ReplayQueue queue, ChainExchange exchange) {
        if (!shadow.msixEnabled() && watch.asserted()) {
            queues.stillAsserted();
        }
        return queue.isNotified(exchange) || (shadow.countsInterrupts() && queue.isInterrupted(exchange));
    }

    private boolean expectsInterrupts(int queue) {
        if (!shadow.msixEnabled()) {
            return (shadow.command() & PciProbe.COMMAND_INTX_DISABLE) == 0;
        }
        int vector = shadow.vector(queue);
        return vector != VirtioPciCommonCfg.NO_VECTOR && !shadow.msixMasked() && !watch.isMasked(vector);
    }

    /**
     * An interrupt is delivered: it is for what was seen used before, or for what is seen used next.
     *
     * @return false if the guest would never go on
     */
    boolean interrupt(int at, TraceStep.Interrupt interrupt) {
        boolean explained = false;
        for (ReplayQueue queue : ofInterrupt(interrupt)) {
            ChainExchange exchange = unannounced.remove(queue.index());
            if (exchange != null) {
                explained = true;
                if (queue.usesEventIdx()) {
                    awaitInterrupt(queue, exchange, at + 1);
                }
            }
        }
        ChainExchange next = explained ? null : announced(at, interrupt);
        if (next != null && !await(next::isBack)) {
            stuck(at + 1, "an interrupt for the " + SndNames.queue(next.queue()));
            return false;
        }
        return true;
    }

    private List<ReplayQueue> ofInterrupt(TraceStep.Interrupt interrupt) {
        return queues.all().stream()
                .filter(ReplayQueue::isOpen)
                .filter(queue -> interrupt.kind() == TraceStep.InterruptKind.INTX
                        || shadow.vector(queue.index()) == interrupt.vector())
                .toList();
    }

    /** The chain that the guest finds used because of an interrupt; null if there is none. */
    private @Nullable ChainExchange announced(int at, TraceStep.Interrupt interrupt) {
        List<ReplayQueue> of = ofInterrupt(interrupt);
        for (int i = at + 1; i < steps.size(); i++) {
            TraceStep step = steps.get(i);
            if (step instanceof TraceStep.Used used) {
                for (ReplayQueue queue : of) {
                    if (queue.index() == used.queue() && used.queue() != SndWire.EVENT_QUEUE) {
                        return queue.named(used.id());
                    }
                }
            } else if (step instanceof TraceStep.Interrupt || step instanceof TraceStep.Avail || isWrite(step)) {
                return null;
            }
        }
        return null;
    }

    private static boolean isWrite(TraceStep step) {
        return (step instanceof TraceStep.BarAccess bar && bar.write())
                || (step instanceof TraceStep.ConfigAccess config && config.write());
    }

    /** The card was reset: nothing is waited for. */
    void reset() {
        unannounced.clear();
        played = false;
        recorded = false;
    }

    /**
     * Whether the guest is Haiku in its first exchange, its record queue with a vector of its own: it has played, and waits for
     * an interrupt that only a record message would bring.
     */
    boolean waitsForFirstRecording() {
        int vector = shadow.vector(SndWire.RX_QUEUE);
        return shadow.countsInterrupts()
                && shadow.msixEnabled()
                && vector != VirtioPciCommonCfg.NO_VECTOR
                && vector != shadow.vector(SndWire.CONTROL_QUEUE)
                && vector != shadow.vector(SndWire.TX_QUEUE)
                && played
                && !recorded;
    }

    /** Whether the guest has seen a buffer used without an interrupt of the traced card's, and this card has sent one. */
    boolean hasSentMissedInterrupt() {
        return unannounced.entrySet().stream()
                .anyMatch(entry ->
                        queues.isOpen(entry.getKey()) && isNotified(queues.get(entry.getKey()), entry.getValue()));
    }

    /** Whether everything that is outstanding comes back. */
    boolean awaitAll() {
        return await(() -> !queues.hasOutstanding());
    }

    /** Lets time pass until a condition holds. */
    private boolean await(BooleanSupplier condition) {
        return bus.await(
                () -> {
                    queues.collect();
                    return condition.getAsBoolean();
                },
                PATIENCE_NANOS);
    }

    private void stuck(int line, String what) {
        findings.fail(line, "the guest waits for this card", what, "nothing in 10 s; the guest would never go on");
    }
}
