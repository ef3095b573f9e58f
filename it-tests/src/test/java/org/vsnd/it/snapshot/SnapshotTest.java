// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.host.FlatMemory;

@DisplayName("A card that is saved, thrown away and restored in another host")
class SnapshotTest {
    private static final int RAM_BYTES = 16 << 20;
    private static final int SEEDS = 25;
    /** Lives in which something was found once. */
    private static final long[] FOUND = {92, 1022, 1250};

    private static final long FIRST = Long.getLong("vsnd.seed", 1);
    private static final long ROUNDS = Long.getLong("vsnd.rounds", SEEDS);
    /** All in all a thousand and more. */
    private static final int FEWEST_MOVES = 1000 / SEEDS;

    private static final String[] COMPLETIONS = {"paced", "paced", "played", "copied"};
    private static final String[] FEATURES = {"none", "xruns", "polling", "xruns,polling", "none", "none"};
    private static final String[] JACKS = {"none", "headphone:output0,mic:input0", "none"};
    private static final String[] STOPS = {"keep", "inputs", "keep", "keep", "all"};
    /** What is offered to guests of which no two agree in what they take of it. */
    private static final String RINGS = "packed,in-order,notification-data,suspend";

    /** One life of a guest, and all that can be told of it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
    private record Life(Transcript transcript, byte[] recorded, String statistics, int moves) {
        /** @param offered option {@code virtio} */
        static Life of(long seed, String offered, Moves moves) {
            Transcript transcript = new Transcript();
            boolean msi = seed % 5 != 4;
            boolean hostMasks = seed % 5 == 3;
            Map<String, String> options = Map.of(
                    "msix",
                    msi ? seed % 2 == 0 ? "2" : "6" : "0",
                    "outputs",
                    seed % 3 == 0 && !offered.contains("in-order") ? "2" : "1",
                    "virtio",
                    offered,
                    "completion",
                    COMPLETIONS[(int) seed % COMPLETIONS.length],
                    "stop",
                    STOPS[(int) seed % STOPS.length],
                    "features",
                    FEATURES[(int) seed % FEATURES.length],
                    "sources",
                    seed % 2 == 0 ? "Mic=a,Line In=b,Radio=c" : "",
                    "jacks",
                    JACKS[(int) seed % JACKS.length]);
            FlatMemory memory = FlatMemory.guarded(1L << 32, RAM_BYTES);
            try (MigratingBus bus = new MigratingBus(
                    memory,
                    msi ? 2048 : 0,
                    hostMasks,
                    options,
                    transcript,
                    () -> new TranscriptAudio(transcript),
                    moves)) {
                RandomGuest guest = new RandomGuest(bus, seed);
                guest.run();
                return new Life(transcript, guest.recorded(), bus.statistics(), bus.moved());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24})
    @DisplayName("goes on to the bit and to the nanosecond, at forty random instants of each of 25 guests' lives")
    void goesOn(long seed) {
        goesOn(seed, "none");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Tag("VQ-20")
    @Tag("PCI-13")
    @Tag("PCI-17")
    @DisplayName("goes on over packed rings, in order, suspended and all of that at once")
    void goesOnOverEveryRing(long seed) {
        goesOn(seed, RINGS);
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(FOUND), LongStream.range(FIRST, FIRST + ROUNDS));
    }

    private static void goesOn(long seed, String offered) {
        Life undisturbed = Life.of(seed, offered, Moves.rehearsed(~seed));
        assertThat(undisturbed.transcript.length()).isGreaterThan(2000);
        assertThat(undisturbed.transcript.playedBytes()).isPositive();
        assertThat(undisturbed.recorded).isNotEmpty();

        Life moved = Life.of(seed, offered, Moves.random(~seed));
        moved.transcript.assertSameAs(undisturbed.transcript);
        assertThat(moved.recorded).isEqualTo(undisturbed.recorded);
        assertThat(moved.statistics).isEqualTo(undisturbed.statistics);
        assertThat(moved.moves).isGreaterThanOrEqualTo(FEWEST_MOVES);
    }
}
