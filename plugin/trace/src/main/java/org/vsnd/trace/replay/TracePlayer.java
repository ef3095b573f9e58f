// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.List;
import java.util.Optional;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.Structure;

/** Plays the guest's steps one after the other, each after as much time as the guest took for it. */
final class TracePlayer {
    private static final long LONGEST_NANOS = 7 * 24 * 3600 * 1_000_000_000L;

    /** What a trace recorded here ends with, if its guest is Haiku: nobody wrote down that it waits. */
    private static final HangVerdict UNSAID = new HangVerdict(
            "an interrupt of the record queue, before its first message",
            false,
            "each queue has a vector of its own, with which Haiku's driver never goes on whatever the card does: give the"
                    + " card 2 to 4 vectors, or none");

    private final ReplayContext stage;
    private final ReplayBus bus;
    private final ReplayMemory memory;
    private final ReplayQueues queues;
    private final ConfigReplay config;
    private final BarReplay bars;
    private final RingPlayer rings;
    private final CardJudge judge;
    private final Findings findings;
    private int violations;

    TracePlayer(ReplayContext stage, RingPlayer rings, CardJudge judge) {
        this.stage = stage;
        this.rings = rings;
        this.judge = judge;
        bus = stage.bus();
        memory = stage.memory();
        queues = stage.queues();
        findings = stage.findings();
        config = new ConfigReplay(stage);
        bars = new BarReplay(stage);
    }

    /** Plays the trace, or as far as the guest gets; what became of a guest that hangs is the answer. */
    Optional<HangVerdict> play() throws TraceException {
        List<TraceStep> steps = stage.trace().steps();
        long before = steps.get(0).micros();
        long startNanos = bus.nanoTime();
        for (int i = 0; i < steps.size(); i++) {
            TraceStep step = steps.get(i);
            judge.at(i + 1);
            if (step instanceof TraceStep.Hang hang) {
                return Optional.of(verdict(hang));
            }
            if (!(step instanceof TraceStep.Used) && !(step instanceof TraceStep.Interrupt)) {
                pass(step.micros() - before);
            }
            if (bus.nanoTime() - startNanos > LONGEST_NANOS) {
                throw stage.refusal(i + 1, "the trace takes longer than a week");
            }
            boolean goesOn = play(i, step);
            queues.collect();
            takeViolations(i + 1);
            if (!goesOn) {
                break;
            }
            before = step.micros();
        }
        return rings.waitsForFirstRecording() ? Optional.of(UNSAID) : Optional.empty();
    }

    private void pass(long micros) throws TraceException {
        if (micros > LONGEST_NANOS / 1000) {
            throw new TraceException(stage.trace().file() + ": the trace takes longer than a week");
        }
        if (micros <= 0) {
            return; // steps of one moment: what else is due then may come after them
        }
        bus.await(
                () -> {
                    queues.collect();
                    return false;
                },
                micros * 1000);
    }

    /** One step; false if the guest gets no further. */
    private boolean play(int at, TraceStep step) throws TraceException {
        if (step instanceof TraceStep.ConfigAccess access) {
            config.access(access, at + 1);
        } else if (step instanceof TraceStep.BarAccess access) {
            access(at, access);
        } else if (step instanceof TraceStep.Avail avail) {
            rings.avail(at, avail);
        } else if (step instanceof TraceStep.Used used) {
            return rings.used(at, used);
        } else if (step instanceof TraceStep.Interrupt interrupt) {
            return rings.interrupt(at, interrupt);
        } else if (step instanceof TraceStep.AreaFree area) {
            queues.freed(area.address(), area.size());
            memory.withdraw(area.address(), area.size());
        } else if (step instanceof TraceStep.Reset reset) {
            reset(reset);
        } else if (step instanceof TraceStep.Lost lost) {
            findings.fail(at + 1, "the recording", "every step", lost.steps() + " are missing: replayed up to here");
            return false;
        }
        return true;
    }

    private void access(int at, TraceStep.BarAccess access) throws TraceException {
        Optional<Structure.Place> place = stage.traced().layout().place(access.bar(), access.offset());
        if (place.isEmpty()) {
            findings.differ(
                    at + 1,
                    "accesses outside the structures of BAR " + access.bar(),
                    "the traced card's capabilities do not say what is there",
                    "done",
                    "left out");
        } else if (place.get().structure() == Structure.NOTIFY && access.write()) {
            rings.notify(at, access);
        } else {
            bars.access(access, place.get(), at + 1);
            if (BarReplay.isReset(access, place.get())) {
                forgetEverything();
            }
        }
    }

    /** A write of device_status has been done as such; all else is the host's doing. */
    private void reset(TraceStep.Reset reset) {
        if (reset.how().startsWith("device_status")) {
            return;
        }
        if (!reset.how().equals("flr")) { // that was done by an access as well
            bus.reset();
        }
        stage.shadow().functionReset();
        forgetEverything();
    }

    private void forgetEverything() {
        judge.reset(bus.nanoTime());
        queues.discardAll();
        memory.withdrawAll();
        rings.reset();
    }

    /** What has been touched that was not the card's, in whatever came since this was last asked. */
    void takeViolations(int line) {
        List<String> all = memory.flat().violations();
        for (String violation : all.subList(violations, all.size())) {
            findings.fail(line, "guest memory", "no access but to what the card was offered", violation);
        }
        violations = all.size();
    }

    private HangVerdict verdict(TraceStep.Hang hang) {
        if (rings.hasSentMissedInterrupt()) {
            return new HangVerdict(hang.what(), true, "this card has sent an interrupt that the traced one had not");
        }
        if (bars.lastReadDiffered()) {
            return new HangVerdict(hang.what(), true, "this card has answered the guest's last read differently");
        }
        if (!queues.hasOutstanding()) {
            return new HangVerdict(hang.what(), false, "the card owes the guest nothing: the fault is the guest's own");
        }
        return rings.awaitAll()
                ? new HangVerdict(hang.what(), true, "this card has used what the guest waits for")
                : new HangVerdict(hang.what(), false, "this card does not use what the guest waits for either");
    }
}
