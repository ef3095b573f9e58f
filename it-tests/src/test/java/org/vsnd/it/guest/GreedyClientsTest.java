// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.measure.Sample;

/**
 * Many cards in one process, all playing but one, whose client is greedy in one way after the other.
 * {@code -Dvsnd.greedySeconds=55} makes ten minutes of it; {@code -Dvsnd.cards} says how many cards. How late messages were
 * is printed for each way beside the time in which nobody was greedy; nothing is asserted about it.
 */
@Tag("server")
@DisplayName("Cards beside a greedy client")
class GreedyClientsTest {
    private static final int CARDS = Integer.getInteger("vsnd.cards", 64);
    private static final int SECONDS = Integer.getInteger("vsnd.greedySeconds", 1);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MESSAGES_AFTERWARDS = 4;
    private static final long GROWTH_BYTES_MAX = 128L << 20;

    @TempDir
    Path folder;

    @Test
    void playOnWhateverTheGreedyOneDoes() throws Exception {
        List<PlayingClient> players = new ArrayList<>();
        try (CardsProcess serve = CardsProcess.start(folder, CARDS)) {
            for (int card = 1; card < CARDS; card++) {
                players.add(new PlayingClient(serve.socket(card)));
            }
            awaitMore(serve, players, "at first");
            long residentBytes = 0;
            for (Greed greed : Greed.values()) {
                int[] before = messages(players);
                greed.attack(serve.socket(0), System.nanoTime() + SECONDS * 1_000_000_000L);
                System.out.println(lateness(greed, players, before) + ", " + (serve.residentBytes() >> 20)
                        + " MiB, descriptors " + serve.count("fd") + ", threads " + serve.count("task"));
                awaitMore(serve, players, greed + " was over");
                servesTheGreedyCardsNextClient(serve, greed);
                if (residentBytes == 0) {
                    residentBytes = serve.residentBytes();
                }
                assertThat(serve.residentBytes() - residentBytes)
                        .as("memory that stayed taken after " + greed)
                        .isLessThan(GROWTH_BYTES_MAX);
            }
            for (PlayingClient player : players) {
                player.close();
                assertThat(player.failure()).isNull();
            }
            assertThat(serve.isAlive()).isTrue();
            assertThat(serve.log()).doesNotContain("a fault in vsnd");
        } finally {
            for (PlayingClient player : players) {
                player.close();
            }
        }
    }

    private static int[] messages(List<PlayingClient> players) {
        return players.stream().mapToInt(PlayingClient::messages).toArray();
    }

    private static void awaitMore(CardsProcess serve, List<PlayingClient> players, String when) throws Exception {
        int[] before = messages(players);
        Waiting.until(
                LIMIT,
                () -> {
                    for (int i = 0; i < before.length; i++) {
                        assertThat(players.get(i).failure())
                                .as("card " + (i + 1))
                                .isNull();
                        if (players.get(i).messages() < before[i] + MESSAGES_AFTERWARDS) {
                            return false;
                        }
                    }
                    return true;
                },
                () -> "a card does not play when " + when + ", the process "
                        + (serve.isAlive() ? "lives" : "has ended: " + serve.log()));
    }

    private static void servesTheGreedyCardsNextClient(CardsProcess serve, Greed greed) throws Exception {
        try (PlayingClient next = new PlayingClient(serve.socket(0))) {
            awaitMore(serve, List.of(next), greed + " was over, to its card's next client");
        }
    }

    /** How far messages came behind the earliest of their stream in this time, against an even clock. */
    private static String lateness(Greed greed, List<PlayingClient> players, int[] before) {
        List<long[]> all = new ArrayList<>();
        for (int i = 0; i < before.length; i++) {
            int from = before[i];
            long[] late = new long[players.get(i).messages() - from];
            for (int k = 0; k < late.length; k++) {
                late[k] = players.get(i).nanos(from + k) - k * PlayingClient.PERIOD_NANOS;
            }
            long earliest = Arrays.stream(late).min().orElse(0);
            all.add(Arrays.stream(late).map(nanos -> nanos - earliest).toArray());
        }
        Sample millis = Sample.of(all.stream()
                .flatMapToLong(Arrays::stream)
                .mapToDouble(nanos -> nanos / 1e6)
                .toArray());
        return String.format(
                "%-22s %6d messages, late by %7.3f ms (median) %7.3f ms (99 %%) %7.3f ms (most)",
                greed, millis.count(), millis.median(), millis.percentile(99), millis.percentile(100));
    }
}
