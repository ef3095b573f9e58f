// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.family.FamilyDriver;
import org.vsnd.guest.family.GuestFamilies;
import org.vsnd.guest.family.GuestFamily;
import org.vsnd.guest.host.FlatMemory;

@DisplayName("A guest that uses the card before DRIVER_OK and is moved meanwhile")
class EarlySnapshotTest {
    private static final int RAM_BYTES = 16 << 20;
    private static final int VECTORS = 2048;
    private static final long SOUND_NANOS = 300_000_000L;
    /** A boot alone has more accesses than this. */
    private static final int FEWEST_MOVES = 20;

    private static int live(GuestFamily family, Transcript transcript, Moves moves) {
        FlatMemory memory = FlatMemory.guarded(1L << 32, RAM_BYTES);
        Map<String, String> options = family.options();
        try (MigratingBus bus = new MigratingBus(
                memory, VECTORS, false, options, transcript, () -> new TranscriptAudio(transcript), moves)) {
            FamilyDriver driver = family.driver().apply(bus);
            driver.boot();
            long[] given = {0};
            driver.play(
                    bytes -> {
                        given[0] += bytes;
                        return BytePattern.bytes(0, given[0] - bytes, bytes);
                    },
                    SOUND_NANOS);
            driver.close();
            assertThat(driver.counts().refused())
                    .as("only silence that RELEASE returns")
                    .isLessThanOrEqualTo(1);
            return bus.moved();
        }
    }

    private static GuestFamily family(String name) {
        return GuestFamilies.ALL.stream()
                .filter(family -> family.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"5BSD,1", "5BSD,2", "'FreeBSD, Rust',3", "'FreeBSD, Rust',4", "ArrOSt,5", "ArrOSt,6"})
    @DisplayName("goes on to the bit and to the nanosecond, whenever it is moved")
    void goesOn(String name, long seed) {
        Transcript undisturbed = new Transcript();
        live(family(name), undisturbed, Moves.atNearlyEveryAccess(false, seed));
        assertThat(undisturbed.playedBytes()).isPositive();

        Transcript moved = new Transcript();
        int moves = live(family(name), moved, Moves.atNearlyEveryAccess(true, seed));
        moved.assertSameAs(undisturbed);
        assertThat(moves).isGreaterThanOrEqualTo(FEWEST_MOVES);
    }
}
