// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.SnapshotException;

@DisplayName("A snapshot that nobody can have taken")
class HostileSnapshotTest {
    private static final int BARS_BYTES = 0x4000;
    /** A device that goes on runs some hundred tasks a second. */
    private static final int MOST_TASKS = 20_000;

    /** Tries a snapshot on a card that is as {@code good} says, and makes it so again. */
    private static boolean accepts(SnapshotMachine machine, byte[] hostile, byte[] good) throws SnapshotException {
        byte[] before = machine.card().snapshot();
        long messagesBefore = machine.host().interrupts().total();
        boolean accepted;
        try {
            machine.card().restore(hostile);
            accepted = true;
        } catch (SnapshotException e) {
            assertThat(e).hasMessageMatching("[ -~]+\\.");
            accepted = false;
        }
        assertThat(machine.host().interrupts().total())
                .as("messages at a restore")
                .isEqualTo(messagesBefore);
        if (accepted) {
            goesOn(machine);
            machine.card().restore(good);
        } else {
            assertThat(machine.card().snapshot()).as("after a refusal").isEqualTo(before);
        }
        return accepted;
    }

    /** Whatever the device was made to be: it neither throws nor spins, and every register can be read. */
    private static void goesOn(SnapshotMachine machine) {
        long tasks = machine.host().thread().tasksRun();
        machine.bus().pass(500 * SnapshotMachine.MILLI);
        for (int queue = 0; queue < 5; queue++) {
            machine.bus().writeBar(4, 0x3000 + 4L * queue, 2, queue);
        }
        machine.bus().pass(500 * SnapshotMachine.MILLI);
        for (int offset = 0; offset < 256; offset += 4) {
            machine.bus().readConfig(offset, 4);
        }
        for (int offset = 0; offset < BARS_BYTES; offset += 0x1000) {
            machine.bus().readBar(4, offset, 4);
        }
        byte[] own = machine.card().snapshot();
        assertThat(own).isNotEmpty();
        assertThat(machine.host().thread().tasksRun() - tasks).isLessThan(MOST_TASKS);
    }

    private static byte[] snapshotOf(SnapshotMachine machine, boolean one) {
        return one ? machine.midwayOfOne() : machine.midway();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("is refused if it is cut off anywhere, also by a forger who makes length and checksum right")
    void refusesEveryTruncation(boolean one) throws Exception {
        try (SnapshotMachine machine = new SnapshotMachine(Map.of())) {
            byte[] good = snapshotOf(machine, one);
            for (int length = 0; length < good.length; length++) {
                byte[] cut = Arrays.copyOf(good, length);
                assertThat(accepts(machine, cut, good)).as("%d bytes", length).isFalse();
                if (length >= SnapshotBytes.HEADER_LENGTH) {
                    assertThat(accepts(machine, SnapshotBytes.forge(cut), good))
                            .as("%d bytes, forged", length)
                            .isFalse();
                }
            }
            byte[] longer = SnapshotBytes.forge(Arrays.copyOf(good, good.length + 1));
            assertThat(accepts(machine, longer, good)).isFalse();
            machine.card().restore(good);
            machine.playsForAFreshDriver();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("is refused if a single bit is wrong")
    void refusesEveryFlippedBit(boolean one) throws Exception {
        try (SnapshotMachine machine = new SnapshotMachine(Map.of())) {
            byte[] good = snapshotOf(machine, one);
            for (int bit = 0; bit < 8 * good.length; bit++) {
                byte[] wrong = good.clone();
                wrong[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(accepts(machine, wrong, good)).as("bit %d", bit).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("with a single wrong bit and a forged checksum is refused, or makes a card that can be lived with")
    void survivesEveryForgedBit(boolean one) throws Exception {
        try (SnapshotMachine machine = new SnapshotMachine(Map.of())) {
            byte[] good = snapshotOf(machine, one);
            int accepted = 0;
            for (int bit = 8 * SnapshotBytes.HEADER_LENGTH; bit < 8 * good.length; bit++) {
                byte[] wrong = good.clone();
                wrong[bit / 8] ^= (byte) (1 << bit % 8);
                if (accepts(machine, SnapshotBytes.forge(wrong), good)) {
                    accepted++;
                }
            }
            assertThat(accepted)
                    .as("there are fields in which anything may stand")
                    .isGreaterThan(500);
            assertThat(accepted).as("most is checked").isLessThan(8 * good.length / 2);
            machine.card().restore(good);
            machine.playsForAFreshDriver();
        }
    }

    @ParameterizedTest
    @CsvSource({"1,false", "2,true", "3,false", "4,true"})
    @DisplayName("with random bytes in it is refused, or makes a card that works for a fresh driver")
    void survivesRandomBytes(long seed, boolean one) throws Exception {
        Random random = new Random(seed);
        try (SnapshotMachine machine = new SnapshotMachine(Map.of())) {
            byte[] good = snapshotOf(machine, one);
            int fresh = 0;
            for (int i = 0; i < 5000; i++) {
                byte[] wrong = good.clone();
                for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                    int at = SnapshotBytes.HEADER_LENGTH + random.nextInt(good.length - SnapshotBytes.HEADER_LENGTH);
                    for (int run = 1 + random.nextInt(8); run > 0 && at < good.length; run--) {
                        wrong[at++] = random.nextBoolean() ? (byte) -random.nextInt(2) : (byte) random.nextInt();
                    }
                }
                if (accepts(machine, SnapshotBytes.forge(wrong), good) && fresh < 20) {
                    fresh++;
                    machine.card().restore(SnapshotBytes.forge(wrong));
                    machine.playsForAFreshDriver();
                }
            }
            assertThat(fresh).isEqualTo(20);
            byte[] noise = new byte[good.length];
            for (int i = 0; i < 200; i++) {
                random.nextBytes(noise);
                System.arraycopy(good, 0, noise, 0, SnapshotBytes.HEADER_LENGTH);
                assertThat(accepts(machine, SnapshotBytes.forge(noise), good)).isFalse();
            }
        }
    }

    @Test
    @DisplayName("of another version, or none at all, is refused with a sentence")
    void refusesAnotherVersion() throws Exception {
        try (SnapshotMachine machine = new SnapshotMachine(Map.of())) {
            byte[] good = machine.midway();
            byte[] later = good.clone();
            later[SnapshotBytes.VERSION_AT] = 7;
            assertThatThrownBy(() -> machine.card().restore(later))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessage("The snapshot has format version 7, and this vsnd knows only 4:"
                            + " restore it with the vsnd that made it.");
            assertThatThrownBy(() -> machine.card().restore(new byte[0]))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageStartingWith("This is not a snapshot");
            assertThat(machine.card().snapshot()).isEqualTo(good);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "outputs,2,1",
        "inputs,2,1",
        "msix,6,2",
        "completion,played,paced",
        "exchange,single,auto",
        "target,30ms,20ms",
        "capture,off,on",
        "chmaps,off,on",
        "channels,2,1-2",
        "formats,S16,S16+S32+FLOAT",
        "rates,48000,44100+48000"
    })
    @DisplayName("of a card with another option is refused with a sentence that names it")
    void refusesAnotherCards(String option, String theirs, String ours) throws Exception {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(option, theirs.replace('+', ','));
        try (SnapshotMachine other = new SnapshotMachine(options);
                SnapshotMachine machine = new SnapshotMachine(Map.of(option, ours.replace('+', ',')))) {
            byte[] before = machine.card().snapshot();
            assertThatThrownBy(() -> machine.card().restore(other.card().snapshot()))
                    .isInstanceOf(SnapshotException.class)
                    .hasMessageContaining("The snapshot is of a card with " + option + "=")
                    .hasMessageEndingWith(": restore it into a card with the same options.");
            assertThat(machine.card().snapshot()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("is not taken of a card that is closed, nor restored into one")
    void closedCardsHaveNone() {
        SnapshotMachine machine = new SnapshotMachine(Map.of());
        byte[] snapshot = machine.card().snapshot();
        machine.close();
        assertThatThrownBy(() -> machine.card().snapshot()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> machine.card().restore(snapshot)).isInstanceOf(IllegalStateException.class);
    }
}
