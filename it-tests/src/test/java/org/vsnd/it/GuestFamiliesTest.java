// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;

@DisplayName("Every family of guests on every host")
class GuestFamiliesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long LONG_NANOS = 10 * SECOND;
    private static final long SHORT_NANOS = SECOND / 4;
    private static final int MANY = 20;
    private static final int FEW = 3;

    /** Much sound and many starts where time is virtual. */
    private static final List<HostKind> VIRTUAL =
            List.of(HostKind.IN_PROCESS, HostKind.IN_PROCESS_HOST_MASKS, HostKind.IN_PROCESS_INTX, HostKind.REFERENCE);
    /** Less where it is not, unless the table is wanted. */
    private static final List<HostKind> WALL = FamilyTable.isWanted()
            ? List.of(HostKind.VFIO_QEMU, HostKind.VHOST_QEMU, HostKind.VHOST_RUST_VMM)
            : List.of(HostKind.VFIO_QEMU, HostKind.VHOST_QEMU);

    private static final String ASKS_EARLY = "it asks the card something before DRIVER_OK, when no ring runs yet";

    /** Guests for which a vhost-user card is none, and why. */
    private static final Map<String, String> NOT_OVER_VHOST_USER = Map.of(
            "5BSD", ASKS_EARLY,
            "5BSD, sleeping", ASKS_EARLY,
            "FreeBSD, Rust", ASKS_EARLY,
            "ArrOSt", ASKS_EARLY,
            "Breenix", "it takes no feature, by which the card knows Haiku there");

    /** Guests that may or may not have sound there, and why. */
    private static final Map<String, String> BY_CHANCE_OVER_VHOST_USER = Map.of(
            "brightnes", "it takes a message's header back before the card can have read it",
            "SlateOS", "the 40 ms for which it waits may be over before its rings have started");

    private static final int AT_ONCE = 8; // by the wall clock most of a life is waiting

    private static final FamilyTable TABLE = new FamilyTable();
    private static final Map<String, Future<FamilyRun.Result>> LIVES = new HashMap<>();

    static Stream<Arguments> virtual() {
        return on(VIRTUAL);
    }

    static Stream<Arguments> wall() {
        return on(WALL);
    }

    @BeforeAll
    static void startLives() {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        wall().forEach(arguments -> {
            GuestFamily family = (GuestFamily) arguments.get()[0];
            HostKind host = (HostKind) arguments.get()[1];
            LIVES.put(
                    family + " " + host,
                    threads.submit(() -> FamilyRun.of(
                            family, host, FamilyTable.isWanted() ? LONG_NANOS : SHORT_NANOS, wallStarts())));
        });
        threads.shutdown();
    }

    private static int wallStarts() {
        return FamilyTable.isWanted() ? MANY : FEW;
    }

    private static Stream<Arguments> on(List<HostKind> hosts) {
        return GuestFamilies.ALL.stream().flatMap(family -> hosts.stream().map(host -> Arguments.of(family, host)));
    }

    @ParameterizedTest
    @MethodSource("virtual")
    @DisplayName("binds, plays and records without a gap, starts and stops, is cut, reboots; no freed page is written")
    void lives(GuestFamily family, HostKind host) {
        FamilyRun.Result result = FamilyRun.of(family, host, LONG_NANOS, MANY);
        TABLE.add(result, null);
        check(result, MANY);
        if (family.plays()) {
            assertThat(result.gaps()).as("gaps").isZero();
        }
        if (family.records()) {
            assertThat(result.holes()).as("holes in the recording").isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("wall")
    @DisplayName(
            "does the same by the wall clock, where a machine may be late: silence between and holes, but nothing hangs")
    void livesByTheWallClock(GuestFamily family, HostKind host) throws Exception {
        FamilyRun.Result result = LIVES.get(family + " " + host).get();
        String none = host.isVhost() ? NOT_OVER_VHOST_USER.get(family.name()) : null;
        String chance = host.isVhost() ? BY_CHANCE_OVER_VHOST_USER.get(family.name()) : null;
        TABLE.add(result, none == null ? chance : none);
        if (none != null) {
            assertThat(result.trouble()).as("it has no sound, because " + none).isNotEmpty();
        } else if (chance == null) {
            check(result, wallStarts());
        }
    }

    private static void check(FamilyRun.Result result, int starts) {
        assertThat(result.writtenAfterFree())
                .as("pages written after they were freed")
                .isZero();
        assertThat(result.fault()).as("sound heard").isEmpty();
        if (!result.family().plays()) {
            assertThat(result.trouble()).startsWith("no sound");
            return;
        }
        assertThat(result.trouble()).isEmpty();
        assertThat(result.binds()).isTrue();
        assertThat(result.starts()).isEqualTo(starts);
        assertThat(result.cut()).isTrue();
        assertThat(result.rebooted()).isTrue();
        assertThat(result.lost()).as("messages lost").isZero();
    }

    @AfterAll
    static void writeTable() throws Exception {
        TABLE.write();
    }
}
