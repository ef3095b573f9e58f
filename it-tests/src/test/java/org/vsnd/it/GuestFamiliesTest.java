// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final List<HostKind> WALL = List.of(HostKind.VFIO_QEMU, HostKind.VHOST_QEMU);

    /**
     * Guests for which a vhost-user card is none, as docs/hosts.md says: they ask it something before DRIVER_OK, when no ring
     * runs yet; or take no feature, by which Haiku's driver is known there; or take a header back before it can have been read. SlateOS works, but on a
     * busy machine the 40 ms for which it waits are over before its rings have started.
     */
    private static final Set<String> NOT_OVER_VHOST_USER =
            Set.of("5BSD", "5BSD, sleeping", "FreeBSD, Rust", "ArrOSt", "Breenix", "brightnes", "SlateOS");

    private static final int AT_ONCE = 8; // by the wall clock most of a life is waiting

    private static final FamilyTable TABLE = new FamilyTable();
    private static final Map<String, Future<FamilyRun.Result>> LIVES = new HashMap<>();

    static Stream<Arguments> virtual() {
        return on(VIRTUAL);
    }

    static Stream<Arguments> wall() {
        return on(WALL).filter(arguments -> arguments.get()[1] != HostKind.VHOST_QEMU
                || !NOT_OVER_VHOST_USER.contains(arguments.get()[0].toString()));
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
        TABLE.add(result);
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
        TABLE.add(result);
        check(result, wallStarts());
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
