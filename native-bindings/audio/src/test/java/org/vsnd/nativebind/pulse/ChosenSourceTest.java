// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.SourceChoice;
import org.vsnd.nativebind.LogLines;

/** Without a server: what it tells, and when, is made up. */
@DisplayName("The source that a recording is moved to")
class ChosenSourceTest {
    private static final int A = 0;
    private static final int B = 1;
    private static final int C = 2;
    private static final int DEFAULT = 3;

    private final List<Integer> moved = new ArrayList<>();
    private final SourceChoice choice =
            new SourceChoice(() -> moved.add(this.choice().chosen()));
    private final AudioBudget budget = new AudioBudget(1 << 20, 1, 1, 1);
    private final ChosenSource chosen =
            new ChosenSource("input 0", null, List.of("a", "b", "c", "@DEFAULT_SOURCE@"), choice, budget);
    private final LogLines log = new LogLines();
    private long nowNanos = 10_000_000_000L;

    private SourceChoice choice() {
        return choice;
    }

    @AfterEach
    void end() {
        log.close();
    }

    private void begin(String device) {
        chosen.connect();
        chosen.begins(device, nowNanos);
    }

    private boolean asksAfter(long millis) {
        nowNanos += millis * 1_000_000;
        return chosen.asksNow(nowNanos);
    }

    private boolean asksFor(int source) {
        choice.choose(source);
        return asksAfter(50);
    }

    @Test
    @DisplayName("is not taken from the guest by what the server tells late")
    void isNotTakenByLateTidings() {
        begin("a");
        assertThat(asksFor(B)).isTrue();
        assertThat(asksFor(A)).isTrue();
        assertThat(asksAfter(1)).isFalse();
        chosen.moved("b", nowNanos);
        assertThat(choice.chosen()).isEqualTo(A);
        chosen.moved("a", nowNanos);
        assertThat(asksAfter(2000)).isFalse();
        assertThat(choice.chosen()).isEqualTo(A);
        assertThat(moved).isEmpty();
        assertThat(log.all()).isEmpty();
    }

    @Test
    @DisplayName("is the last that was asked for, however often the guest turns")
    void isTheLastThatWasAskedFor() {
        begin("a");
        asksFor(B);
        asksFor(A);
        asksFor(B);
        for (String told : List.of("b", "a", "b")) {
            chosen.moved(told, nowNanos);
        }
        assertThat(asksAfter(2000)).isFalse();
        assertThat(choice.chosen()).isEqualTo(B);
        assertThat(moved).isEmpty();
        assertThat(log.all()).isEmpty();
    }

    @Test
    @DisplayName("is the host's if nothing else is told for a second")
    void isTheHostsAfterASecond() {
        begin("a");
        asksFor(B);
        chosen.moved("b", nowNanos);
        asksFor(A);
        chosen.moved("a", nowNanos);
        chosen.moved("b", nowNanos);
        assertThat(asksAfter(900)).isFalse();
        assertThat(moved).isEmpty();
        assertThat(asksAfter(200)).isFalse();
        assertThat(moved).containsExactly(B);
        chosen.moved("a", nowNanos);
        assertThat(moved).as("at once, without a move of the guest's").containsExactly(B, A);
    }

    @Test
    @DisplayName("stays where the host has put it if the server then refuses the guest's move")
    void staysWhereTheHostHasPutIt() {
        begin("a");
        asksFor(B);
        chosen.moved("c", nowNanos);
        chosen.refused("No such entity", nowNanos);
        assertThat(choice.chosen()).isEqualTo(C);
        assertThat(chosen.isAnother()).isFalse();
        asksFor(B);
        chosen.refused("No such entity", nowNanos);
        assertThat(choice.chosen()).isEqualTo(C);
        assertThat(moved).containsExactly(C, C);
    }

    @Test
    @DisplayName("is called back from elsewhere by the same choice, unless the server refuses that")
    void isCalledBackByTheSameChoice() {
        begin("a");
        chosen.moved("other", nowNanos);
        assertThat(asksAfter(100)).isFalse();
        assertThat(asksFor(A)).isTrue();
        assertThat(asksAfter(100)).isFalse();
        chosen.refused("Invalid argument", nowNanos);
        assertThat(asksAfter(1000)).isFalse();
        assertThat(asksFor(A)).isTrue();
        chosen.moved("a", nowNanos);
        assertThat(asksFor(A)).isFalse();
        assertThat(moved).isEmpty();
        assertThat(log.all())
                .containsExactly(
                        "input 0 was moved to other",
                        "input 0 cannot be recorded from a and stays where it is: Invalid argument");
    }

    @Test
    @DisplayName("may have an alias, and is known by its name from then on")
    void mayHaveAnAlias() {
        begin("a");
        asksFor(DEFAULT);
        chosen.moved("usb", nowNanos);
        asksFor(A);
        chosen.moved("a", nowNanos);
        assertThat(log.all()).isEmpty();
        nowNanos += 2_000_000_000;
        chosen.moved("usb", nowNanos);
        assertThat(moved).containsExactly(DEFAULT);
        begin("pci");
        chosen.moved("usb", nowNanos + 1);
        assertThat(moved).as("another device has it now").containsExactly(DEFAULT);
        assertThat(choice.isElsewhere()).isTrue();
        assertThat(log.all()).as("one line a second").containsExactly("input 0 was moved to usb");
        begin("a");
        assertThat(choice.chosen()).as("the alias of another one").isEqualTo(DEFAULT);
    }

    @Test
    @DisplayName("is what the server connects a new recording to, which may be another one than was asked for")
    void isWhatTheServerConnectsTo() {
        choice.choose(B);
        begin("c");
        assertThat(choice.chosen()).isEqualTo(C);
        assertThat(moved).containsExactly(C);
        begin("other");
        assertThat(choice.chosen()).isEqualTo(C);
        assertThat(log.all()).as("one line a second").containsExactly("input 0 is recorded from c instead of b");
        assertThat(asksAfter(100)).isFalse();
        assertThat(asksFor(C)).isTrue();
    }
}
