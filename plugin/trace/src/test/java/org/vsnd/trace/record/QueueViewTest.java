// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The recorder's view of a queue")
class QueueViewTest {
    private static final long AVAIL = 0x2000;
    private static final long USED = 0x3000;

    private final QueueView queue = new QueueView(0);

    @Test
    void knowsNoIndexBeforeItIsEnabledAndAfterItIsForgotten() {
        assertThat(queue.keepsAvailIdxAt(2)).isFalse();
        queue.enable(4, 0x1000, AVAIL, USED);
        assertThat(queue.keepsAvailIdxAt(AVAIL + 2)).isTrue();
        assertThat(queue.keepsUsedIdxAt(USED + 2)).isTrue();
        assertThat(queue.keepsUsedIdxAt(AVAIL + 2)).isFalse();
        queue.forget();
        assertThat(queue.keepsAvailIdxAt(AVAIL + 2)).isFalse();
        assertThat(queue.keepsUsedIdxAt(USED + 2)).isFalse();
    }

    @Test
    void countsInRingsThatWrapAndIndexesThatWrap() {
        queue.enable(4, 0x1000, AVAIL, USED);
        for (int i = 0; i < 70_000; i++) {
            assertThat(queue.offered(i + 3)).isEqualTo(3);
            assertThat(queue.nextAvailEntry()).isEqualTo(AVAIL + 4 + 2L * (i % 4));
            assertThat(queue.takeAvail()).isEqualTo((i + 1) & 0xffff);
            assertThat(queue.newlyUsed(i + 2)).isEqualTo(2);
            assertThat(queue.usedEntry(1)).isEqualTo(USED + 4 + 8L * ((i + 1) % 4));
            assertThat(queue.usedIdxAfter(1)).isEqualTo((i + 2) & 0xffff);
            queue.setUsedIdx(i + 1);
        }
    }

    @Test
    @DisplayName("takes an index that runs ahead by more than the ring, or backwards, for none")
    void doesNotTrustIndexes() {
        queue.enable(4, 0x1000, AVAIL, USED);
        assertThat(queue.offered(4)).isEqualTo(4);
        assertThat(queue.offered(5)).isZero();
        assertThat(queue.newlyUsed(-1)).isZero();
    }

    @Test
    void beginsAtZeroInANewLifeButNotWhenEnabledTwice() {
        queue.enable(4, 0x1000, AVAIL, USED);
        queue.takeAvail();
        queue.enable(4, 0x1000, AVAIL, USED);
        assertThat(queue.offered(1)).isZero();
        queue.forget();
        queue.enable(4, 0x1000, AVAIL, USED);
        assertThat(queue.offered(1)).isEqualTo(1);
    }
}
