// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.linux.LinuxStream;

/**
 * Searches what can become of a Linux guest whose parts stop and go on at any moments, one after the other: everything, for
 * a buffer of a few periods. A stream must never stand still for ever.
 *
 * <p>One thing is left out, since no device can tell it from the end of a sound: that the interrupt handler runs in time
 * for every period of a buffer and neither ALSA's work nor the application does for any, and for 80 ms.
 */
class LinuxStandstillTest {
    private static final int PERIOD_FRAMES = 480;
    private static final long PERIOD_NANOS = 10_000_000;
    private static final int TICKS_PER_PERIOD = 4;
    private static final long TICK_NANOS = PERIOD_NANOS / TICKS_PER_PERIOD;
    /** Of the device's time, between the instants at which it completes. */
    private static final long OFFSET_NANOS = TICK_NANOS / 3;

    /** The device waits for a look at least as long, from the first completion after the latest message on. */
    private static final int PATIENCE_TICKS = 8 * TICKS_PER_PERIOD;

    private static final int LIFE_TICKS = 1200 * TICKS_PER_PERIOD / 10;
    private static final int SEARCHES_PER_MACHINE = 500;

    /** What of the guest runs, in this order. */
    private enum Runs {
        ALL,
        NOTHING,
        HANDLER,
        HANDLER_AND_APPLICATION,
        HANDLER_AND_WORK
    }

    private record Spell(Runs runs, int ticks) {}

    @ParameterizedTest(name = "{0} periods, output={1}, guest''s clock stands in stops: {2}")
    @CsvSource({
        "2,true,true",
        "2,true,false",
        "3,true,true",
        "3,true,false",
        "4,true,true",
        "4,true,false",
        "2,false,true",
        "3,false,true",
        "4,false,true",
        "4,false,false"
    })
    @DisplayName("no interleaving of stops leaves a stream of Linux standing still")
    void nothingStandsStill(int periods, boolean output, boolean clockStands) {
        Search search = new Search(periods, output, clockStands);
        search.run();
        System.out.printf(
                "%d periods, output=%s, clock stands=%s: %d interleavings, %d with an xrun, %d left out%n",
                periods, output, clockStands, search.tried, search.xruns, search.leftOut);
        assertThat(search.standing).as("of %d interleavings", search.tried).isEmpty();
        assertThat(search.tried).isGreaterThan(1000);
    }

    private static final class Search {
        private final int periods;
        private final boolean output;
        private final boolean clockStands;
        private final List<Spell> spells = new ArrayList<>();
        final List<String> standing = new ArrayList<>();
        int tried;
        int xruns;
        int leftOut;

        private VirtualMachine machine = machine();
        private LinuxStream stream;
        private long guestStoodNanos;
        private int unansweredTicks;
        private int worstUnansweredTicks;
        private int worstAtLastCompletion;
        private int unseenTicks;
        private int unseenAtLastCompletion;
        private int usedIndex;
        private long looks;

        Search(int periods, boolean output, boolean clockStands) {
            this.periods = periods;
            this.output = output;
            this.clockStands = clockStands;
            stream = stream();
            for (Runs runs : Runs.values()) {
                for (int ticks : new int[] {1, 2, 3, 4, 5, 8, 13, 40}) {
                    spells.add(new Spell(runs, ticks));
                }
            }
        }

        private static VirtualMachine machine() {
            VirtualMachine made = VirtualMachine.open(Map.of());
            made.tape().countOnly();
            return made;
        }

        private LinuxStream stream() {
            StreamSetup setup = StreamSetup.s16At48k(PERIOD_FRAMES, periods * PERIOD_FRAMES);
            return new LinuxStream(
                    machine.driver(DriverStyle.LINUX),
                    output ? 0 : 1,
                    output,
                    setup,
                    () -> machine.bus().nanoTime() - guestStoodNanos);
        }

        void run() {
            int depth = Integer.getInteger("vsnd.spells", 2);
            for (int phase = 0; phase < TICKS_PER_PERIOD; phase++) {
                extend(phase, new ArrayList<>(), depth);
            }
            machine.close();
        }

        private void extend(int phase, List<Spell> path, int depth) {
            if (depth == 0) {
                live(phase, path);
                return;
            }
            for (Spell spell : spells) {
                if (path.isEmpty() ? spell.runs != Runs.ALL : spell.runs != path.get(path.size() - 1).runs) {
                    path.add(spell);
                    extend(phase, path, depth - 1);
                    path.remove(path.size() - 1);
                }
            }
        }

        private void live(int phase, List<Spell> path) {
            if (++tried % SEARCHES_PER_MACHINE == 0) {
                machine.close();
                machine = machine();
                stream = stream();
            }
            long xrunsBefore = stream.xruns();
            stream.open(Long.MAX_VALUE);
            machine.bus().pass(OFFSET_NANOS);
            let(Runs.ALL, 3 * TICKS_PER_PERIOD + phase);
            for (Spell spell : path) {
                let(spell.runs, spell.ticks);
            }
            if (!goesOn()) {
                if (worstAtLastCompletion < TICKS_PER_PERIOD && unseenAtLastCompletion >= PATIENCE_TICKS) {
                    leftOut++;
                } else {
                    standing.add("after " + phase + " ticks " + path);
                }
            }
            xruns += stream.xruns() > xrunsBefore ? 1 : 0;
            stream.close();
        }

        /** With everything running, whether messages go on coming back. */
        private boolean goesOn() {
            long enough = stream.completions() + 2L * periods + 1;
            for (int tick = 0; tick < LIFE_TICKS && stream.completions() < enough; tick++) {
                let(Runs.ALL, 1);
            }
            return stream.completions() >= enough;
        }

        private void let(Runs runs, int ticks) {
            for (int tick = 0; tick < ticks; tick++) {
                machine.bus().pass(TICK_NANOS);
                if (runs == Runs.NOTHING) {
                    guestStoodNanos += clockStands ? TICK_NANOS : 0;
                } else {
                    stream.interruptHandler();
                    unansweredTicks = 0;
                    if (runs == Runs.ALL || runs == Runs.HANDLER_AND_WORK) {
                        stream.workItem();
                    }
                    if (runs == Runs.ALL || runs == Runs.HANDLER_AND_APPLICATION) {
                        stream.application();
                    }
                }
                observe();
            }
        }

        /**
         * How long, when the device completed its last message, the handler had left one alone since ALSA's last look, and
         * how long ago that was.
         */
        private void observe() {
            if (stream.usedIndex() != usedIndex) {
                usedIndex = stream.usedIndex();
                worstAtLastCompletion = worstUnansweredTicks;
                unseenAtLastCompletion = unseenTicks;
            }
            unseenTicks++;
            unansweredTicks = stream.interruptPending() ? unansweredTicks + 1 : 0;
            if (stream.looks() != looks) {
                looks = stream.looks();
                worstUnansweredTicks = 0;
                unseenTicks = 0;
            }
            worstUnansweredTicks = Math.max(worstUnansweredTicks, unansweredTicks);
        }
    }

    @ParameterizedTest(name = "{0} periods of {1} ms")
    @CsvSource({"2,100", "3,50", "4,40", "2,10", "3,10", "4,10", "4,21"})
    @DisplayName(
            "a sound ends 5 ms before its last frame is consumed if the buffer has 80 ms; in a shorter one 90 ms after the last message")
    void theEndOfASound(int periods, int periodMillis) {
        int periodFrames = 48 * periodMillis;
        long periodNanos = periodMillis * 1_000_000L;
        for (int count = 1; count <= 3 * periods; count++) {
            try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
                StreamSetup setup = StreamSetup.s16At48k(periodFrames, periods * periodFrames);
                LinuxStream stream =
                        new LinuxStream(machine.driver(DriverStyle.LINUX), 0, true, setup, machine.bus()::nanoTime);
                long start = machine.bus().nanoTime();
                stream.open(count);
                while (stream.state() != LinuxStream.State.SETUP) {
                    machine.bus().pass(100_000);
                    stream.interruptHandler();
                    stream.workItem();
                    stream.application();
                }
                long lastFrameNanos = count * periodNanos;
                long lastSentNanos = (count - periods) * periodNanos;
                long wholeBufferNanos = periods * periodNanos < 80_000_000
                        ? Math.max(lastFrameNanos, lastSentNanos + 90_000_000)
                        : lastFrameNanos - 5_000_000;
                long endNanos = count < periods ? lastFrameNanos : wholeBufferNanos;
                assertThat(stream.completions()).isEqualTo(count);
                assertThat(machine.bus().nanoTime() - start)
                        .as("%d of %d", count, periods)
                        .isEqualTo(endNanos);
                stream.close();
            }
        }
    }
}
