// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.family.DriverCounts;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.family.GuestTroubleException;
import org.vsnd.it.vfiouser.MonitorBus;
import org.vsnd.trace.tape.TapeSink;

/** The life of a family's guest with a card on a host, and what came of it. */
final class FamilyRun {
    private static final long MILLI = 1_000_000L;
    private static final long SETTLE_NANOS = 500 * MILLI; // longer than what was handed over and is still to be heard

    /**
     * What came of it, in the words of the table.
     *
     * @param trouble what the guest's user got instead of sound, or nothing
     * @param binds whether the driver came up
     * @param fault where the sound heard is not the sound given; empty: nowhere
     * @param gaps silence in the middle of a sound
     * @param holes breaks in the recording; -1: nothing was recorded
     * @param starts sounds begun and ended
     * @param cut whether it was stopped in the middle and played on
     * @param rebooted whether a new driver came up after a reset in the middle of a sound, and played
     */
    record Result(
            GuestFamily family,
            HostKind host,
            String trouble,
            boolean binds,
            String fault,
            int gaps,
            int holes,
            int starts,
            boolean cut,
            boolean rebooted,
            long firstLatencyNanos,
            long lastLatencyNanos,
            long lost,
            long refused,
            long writtenAfterFree) {}

    private final GuestFamily family;
    private final HostKind host;
    private final long soundNanos;
    private final int startsWanted;
    private final HeardStages heard = new HeardStages();
    private final List<FamilyDriver> drivers = new ArrayList<>();
    private boolean binds;
    private int holes = -1;
    private int starts;
    private boolean cut;
    private boolean rebooted;

    private FamilyRun(GuestFamily family, HostKind host, long soundNanos, int startsWanted) {
        this.family = family;
        this.host = host;
        this.soundNanos = soundNanos;
        this.startsWanted = startsWanted;
    }

    /**
     * Lives it.
     *
     * @param soundNanos how long it plays, and records
     * @param starts how often it begins and ends a short sound after that
     */
    static Result of(GuestFamily family, HostKind host, long soundNanos, int starts) {
        try (Machine machine = host.open(family.options())) {
            return on(machine, family, host, soundNanos, starts);
        }
    }

    /** Lives it on a machine that stays the caller's. */
    static Result on(Machine machine, GuestFamily family, HostKind host, long soundNanos, int starts) {
        return new FamilyRun(family, host, soundNanos, starts).run(machine);
    }

    private Result run(Machine machine) {
        int sinksBefore = machine.tape().sinks().size();
        String trouble = "";
        try {
            live(machine);
        } catch (GuestTroubleException e) {
            trouble = String.valueOf(e.getMessage());
            heard.endCutStage();
        }
        List<TapeSink> sinks = machine.tape().sinks();
        HeardStages.Verdict verdict = heard.compare(sinks.subList(sinksBefore, sinks.size()));
        long lost = 0;
        long refused = 0;
        long written = 0;
        for (FamilyDriver driver : drivers) {
            lost += driver.counts().lost();
            refused += driver.counts().refused();
            written += driver.memory().writtenAfterFree();
        }
        DriverCounts first = drivers.get(0).counts();
        return new Result(
                family,
                host,
                trouble,
                binds,
                verdict.fault(),
                verdict.gaps(),
                holes,
                starts,
                cut,
                rebooted,
                first.firstLatencyNanos(),
                first.lastLatencyNanos(),
                lost,
                refused,
                written);
    }

    private void live(Machine machine) {
        Bus bus = machine.bus();
        FamilyDriver driver = boot(bus);
        play(bus, driver, soundNanos);
        if (family.records()) {
            RecordedStage recorded = new RecordedStage();
            driver.record(recorded::take, soundNanos);
            holes = recorded.holes();
        }
        while (starts < startsWanted) {
            play(bus, driver, 100 * MILLI);
            starts++;
        }
        driver.begin(heard::next, 300 * MILLI);
        driver.stop();
        heard.endCutStage();
        bus.pass(SETTLE_NANOS);
        play(bus, driver, 300 * MILLI);
        cut = true;
        driver.begin(heard::next, 300 * MILLI);
        heard.endCutStage();
        reset(bus);
        driver.memory().freeAll();
        bus.pass(SETTLE_NANOS);
        driver.memory().writtenAfterFree(); // looks before another driver has these pages
        FamilyDriver again = boot(bus);
        play(bus, again, 300 * MILLI);
        rebooted = true;
        again.close();
        bus.pass(SETTLE_NANOS);
    }

    private FamilyDriver boot(Bus bus) {
        FamilyDriver driver = family.driver().apply(bus);
        drivers.add(driver);
        driver.boot();
        binds = true;
        return driver;
    }

    private void play(Bus bus, FamilyDriver driver, long nanos) {
        driver.play(heard::next, nanos);
        heard.endStage();
        bus.pass(SETTLE_NANOS);
    }

    /** The machine's reset button. */
    private static void reset(Bus bus) {
        if (bus instanceof MonitorBus monitor) {
            monitor.systemReset();
            return;
        }
        int express = PciProbe.probe(bus).capability(PciCapability.EXPRESS);
        bus.writeConfig(express + 8, 2, 0x8000);
    }
}
