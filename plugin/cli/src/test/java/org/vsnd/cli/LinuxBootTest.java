// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.MelodyReport;
import org.vsnd.cli.boot.PlayerException;

class LinuxBootTest {
    private static final MelodyReport GOOD = new MelodyReport(true, "good");
    private static final MelodyReport BAD = new MelodyReport(false, "bad");
    private final PlayerException gaveUp = new PlayerException("the guest could not play", "its kernel says: no");

    private final List<String> told = new ArrayList<>();
    private final List<Boolean> lasts = new ArrayList<>();

    private MelodyReport play(Object... outcomes) throws Exception {
        Deque<Object> left = new ArrayDeque<>(List.of(outcomes));
        return LinuxBoot.play(
                last -> {
                    lasts.add(last);
                    Object next = left.removeFirst();
                    if (next instanceof BootException failure) {
                        throw failure;
                    }
                    return (MelodyReport) next;
                },
                told::add);
    }

    @Test
    @DisplayName("a melody that came through is not played again")
    void once() throws Exception {
        assertThat(play(GOOD)).isSameAs(GOOD);
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("a player that gives up, or a sample that is missing, gets one more try, and a line says so")
    void onceMore() throws Exception {
        assertThat(play(gaveUp, GOOD)).isSameAs(GOOD);
        assertThat(play(BAD, GOOD)).isSameAs(GOOD);
        assertThat(told)
                .containsExactly(
                        "the guest could not play: trying once more",
                        "not every sample came through: trying once more");
        assertThat(lasts).containsExactly(false, true, false, true);
    }

    @Test
    @DisplayName("the second failure counts")
    void notForEver() throws Exception {
        assertThat(play(BAD, BAD)).isSameAs(BAD);
        assertThatThrownBy(() -> play(gaveUp, gaveUp)).isSameAs(gaveUp);
    }

    @Test
    @DisplayName("what no second try would mend gets none")
    void otherFaults() {
        BootException noQemu = new BootException("no QEMU");

        assertThatThrownBy(() -> play(noQemu)).isSameAs(noQemu);
        assertThat(lasts).hasSize(1);
    }
}
