// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;

@DisplayName("What each of a process's cards may take")
class CardShareTest {
    private static final long MIB = 1 << 20;

    @Test
    void isTheStandardBudgetWhereThereIsEnough() {
        CardBudget budget = new CardShare(272 * MIB, 65_530, 524_288, 1L << 46).among(1);
        for (Limit limit : Limit.values()) {
            assertThat(budget.most(limit)).as(limit.name()).isEqualTo(limit.standard());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64, 300, 5000})
    void isNeverMoreThanTheProcessHas(int cards) {
        long memory = (256 + 16 * Math.min(cards, 64)) * MIB;
        CardBudget budget = new CardShare(memory, 65_530, 4096, 1L << 46).among(cards);
        assertThat(budget.most(Limit.MAPPINGS) * cards).isLessThan(65_530 / 2 + cards);
        assertThat(budget.most(Limit.MAPPED_BYTES) * cards).isLessThanOrEqualTo(1L << 46);
        assertThat(budget.most(Limit.AUDIO_BYTES) * cards).isLessThan(memory);
        assertThat((budget.most(Limit.HOST_STREAMS) + budget.most(Limit.HOST_OPENERS)) * cards)
                .isLessThan(4096 + 2L * cards);
        assertThat((budget.most(Limit.HOST_STREAMS) - 1) * cards * 6).isLessThan(4096);
    }

    @Test
    @DisplayName("with the launcher's memory 64 cards have some seconds of sound each")
    void sixtyFourCardsHaveEnough() {
        CardBudget budget = new CardShare((256 + 16 * 64) * MIB, 65_530, 524_288, 1L << 46).among(64);
        assertThat(budget.most(Limit.AUDIO_BYTES)).isGreaterThan(10 * MIB);
        assertThat(budget.most(Limit.MAPPINGS)).isGreaterThan(500);
        assertThat(budget.most(Limit.MAPPED_BYTES)).isEqualTo(1L << 40);
        assertThat(budget.most(Limit.HOST_STREAMS)).isGreaterThan(16);
    }

    @Test
    void isReadFromThisProcess() {
        CardShare process = CardShare.ofThisProcess();
        assertThat(process.memoryBytes()).isPositive();
        assertThat(process.mappings()).isGreaterThan(1000);
        assertThat(process.descriptors()).isGreaterThan(100);
        assertThat(process.addressSpaceBytes()).isGreaterThanOrEqualTo(1L << 37);
    }

    @ParameterizedTest
    @DisplayName("half of the address space is the cards', also where a kernel gives 39 bits only")
    @CsvSource({"7fffd2e4c000, 46", "fffff7ffd000, 46", "7ffe3a1000, 38", "7fd2e4c000, 38"})
    void addressSpaceIsThatOfTheKernel(String stack, int bits) {
        Stream<String> maps = Stream.of(
                "00400000-00401000 r-xp 00000000 08:01 1 /usr/bin/java",
                stack + "-ffffffffffff rw-p 00000000 00:00 0 [stack]",
                "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]");
        assertThat(CardShare.addressSpace(maps)).isEqualTo(1L << bits);
        assertThat(CardShare.addressSpace(Stream.of())).isEqualTo(1L << 46);
        CardBudget budget = new CardShare(272 * MIB, 65_530, 524_288, 1L << 38).among(2);
        assertThat(budget.most(Limit.MAPPED_BYTES)).isEqualTo(1L << 37);
    }
}
