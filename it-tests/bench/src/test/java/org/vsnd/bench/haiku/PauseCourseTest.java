// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.bench.haiku.PauseCourse.Piece;

class PauseCourseTest {
    @Test
    void piecesAreWhatIsBetweenPausesAndTheExchangesThatEndThem() {
        PauseCourse course = new PauseCourse(List.of(400L, 550L, 1000L), 10, 20, 8, 30);

        assertThat(course.exchanges()).isEqualTo(10 + 20 + 8 + 8 + 30);
        assertThat(course.pieces())
                .containsExactly(
                        new Piece("before", 10, 30),
                        new Piece("after 0.4 s", 31, 38),
                        new Piece("after 0.55 s", 39, 46),
                        new Piece("after 1.0 s", 47, 76));
    }

    @Test
    void onePauseHasTwoPieces() {
        PauseCourse course = new PauseCourse(List.of(5000L), 0, 3, 8, 4);

        assertThat(course.exchanges()).isEqualTo(7);
        assertThat(course.pieces()).containsExactly(new Piece("before", 0, 3), new Piece("after 5.0 s", 4, 7));
    }
}
