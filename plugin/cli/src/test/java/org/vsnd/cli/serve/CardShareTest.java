// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;

@DisplayName("What each of a process's cards may take")
class CardShareTest {
    private static final long MIB = 1 << 20;

    @Test
    void isTheStandardBudgetWhereThereIsEnough() {
        CardBudget budget = new CardShare(272 * MIB, 65_530, 524_288).among(1);
        for (Limit limit : Limit.values()) {
            assertThat(budget.most(limit)).as(limit.name()).isEqualTo(limit.standard());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64, 300, 5000})
    void isNeverMoreThanTheProcessHas(int cards) {
        long memory = (256 + 16 * Math.min(cards, 64)) * MIB;
        CardBudget budget = new CardShare(memory, 65_530, 4096).among(cards);
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
        CardBudget budget = new CardShare((256 + 16 * 64) * MIB, 65_530, 524_288).among(64);
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
    }
}
