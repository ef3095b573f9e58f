// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.MonitorBus;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.trace.tape.TapeSink;

@DisplayName("Drivers with habits drawn at random")
class RandomHabitsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long FIRST = Long.getLong("vsnd.seed", 1);
    private static final long ROUNDS = Long.getLong("vsnd.rounds", 20);

    private static final int CLIENTS = 8;
    private static final long SETTLE_NANOS = SECOND / 2;

    private static GuestFamily family(long seed) {
        Habits habits = Habits.draw(seed);
        return new GuestFamily(
                "seed " + seed + ", " + habits,
                habits.options(),
                true,
                habits.hasQueue(SndWire.RX_QUEUE),
                "",
                bus -> new HabitsDriver(bus, habits));
    }

    @ParameterizedTest
    @EnumSource(
            value = HostKind.class,
            mode = Mode.INCLUDE,
            names = {"IN_PROCESS", "IN_PROCESS_HOST_MASKS", "REFERENCE_MSI"})
    @DisplayName("play every byte and record without a hole; nothing hangs, and no freed page is written")
    @SuppressWarnings("EnumOrdinal") // only so that hosts have seeds of their own
    void live(HostKind host) {
        List<String> wrong = new ArrayList<>();
        long first = FIRST + host.ordinal() * ROUNDS;
        LongStream.range(first, first + ROUNDS).forEach(seed -> {
            GuestFamily family = family(seed);
            try {
                FamilyRun.Result result = FamilyRun.of(family, host, SECOND, 4);
                if (!result.trouble().isEmpty()
                        || !result.fault().isEmpty()
                        || !result.rebooted()
                        || result.lost() != 0
                        || result.writtenAfterFree() != 0
                        || (family.records() && result.holes() != 0)) {
                    wrong.add(family.name() + ": " + result.trouble() + " " + result.fault() + " holes "
                            + result.holes() + " freed " + result.writtenAfterFree());
                }
            } catch (RuntimeException | AssertionError e) {
                wrong.add(family.name() + ": " + e);
            }
        });
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep", "inputs", "all"})
    @DisplayName(
            "break nothing when they know no order: all comes back, no freed page is written, and the next one plays")
    void wild(String stop) {
        int suspensions = 0;
        for (long seed = FIRST; seed < FIRST + ROUNDS; seed++) {
            try (VirtualMachine machine = VirtualMachine.guarded(Map.of("stop", stop, "virtio", Habits.OFFERED))) {
                WildDriver driver = new WildDriver(machine.bus(), seed);
                driver.run(400);
                driver.end();
                suspensions += driver.suspensions();
                assertThat(driver.back()).as("seed %d: messages", seed).isGreaterThan(10);
                assertThat(driver.memory().writtenAfterFree()).isZero();
                PeriodStream next =
                        new PeriodStream(machine.driver(DriverStyle.LINUX), 0, true, StreamSetup.s16At48k(480, 1920));
                next.start();
                next.runUntil(20, SECOND);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(suspensions).isGreaterThan((int) ROUNDS / 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("are served over a socket one after the other, however each of them goes: vfio-user, and vhost-user")
    void overASocket(boolean vhost) throws IOException {
        Map<String, String> options =
                Map.of("stop", "all", "virtio", vhost ? "packed,in-order,notification-data" : Habits.OFFERED);
        try (CardServer server = vhost ? CardServer.vhostUser(options) : new CardServer(options)) {
            long[] seeds = LongStream.iterate(FIRST, seed -> seed + 1)
                    .filter(seed -> !vhost || worksOverVhostUser(Habits.draw(seed)))
                    .limit(CLIENTS)
                    .toArray();
            for (long seed : seeds) {
                HeardStages heard = new HeardStages();
                int sinksBefore = server.tape().sinks().size();
                try (ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES)) {
                    // over QEMU's posted writes a header that is used again at once is a race that no device can win
                    Personality personality = Habits.draw(seed).isWrong(Habits.Mistake.REUSES_HEADER)
                            ? Personality.CLOUD_HYPERVISOR
                            : Personality.QEMU;
                    MonitorBus bus = vhost
                            ? VhostUserBus.connect(server.socket(), FrontEndHabits.QEMU, memory, 2)
                            : VfioUserBus.connect(server.socket(), personality, memory);
                    live(bus, seed, heard);
                }
                List<TapeSink> sinks = server.tape().sinks();
                assertThat(heard.compare(sinks.subList(sinksBefore, sinks.size()))
                                .fault())
                        .as(family(seed).name())
                        .isEmpty();
            }
        }
    }

    /**
     * There rings run from DRIVER_OK on only, a driver that takes no feature is taken for Haiku's, and nothing waits until a
     * header has been read.
     */
    private static boolean worksOverVhostUser(Habits habits) {
        return habits.version1()
                && habits.ok() == Habits.DriverOk.BEFORE_REQUESTS
                && !habits.isWrong(Habits.Mistake.REUSES_HEADER);
    }

    /** Ends in one of three ways: in good order, with the sound running, or with nothing said at all. */
    private static void live(MonitorBus bus, long seed, HeardStages heard) {
        FamilyDriver driver = new HabitsDriver(bus, Habits.draw(seed));
        driver.boot();
        driver.play(heard::next, SECOND / 5);
        heard.endStage();
        bus.pass(SETTLE_NANOS);
        driver.begin(heard::next, SECOND / 5);
        if (seed % 3 == 0) {
            driver.close();
        }
        if (seed % 3 == 1) {
            bus.systemReset();
            driver.memory().freeAll();
            bus.pass(SETTLE_NANOS);
        }
        bus.close();
        heard.endCutStage();
        assertThat(driver.memory().writtenAfterFree()).isZero();
    }
}
