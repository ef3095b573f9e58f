// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StepRingTest {
    private static final int CAPACITY = 256 << 10;
    private static final int HEADER_BYTES = 8;

    private final StepRing ring = new StepRing(CAPACITY);

    private boolean put(int kind, int length) {
        int start = ring.claim(kind, length);
        if (start < 0) {
            return false;
        }
        var payload = ring.payloadAt(start);
        while (payload.hasRemaining()) {
            payload.put((byte) (kind + payload.remaining()));
        }
        return true;
    }

    private void take(int kind, int length) {
        assertThat(ring.next()).isTrue();
        assertThat(ring.kind()).isEqualTo(kind);
        assertThat(ring.payload().remaining()).isEqualTo(length);
        for (int left = length; left > 0; left--) {
            assertThat(ring.payload().get()).isEqualTo((byte) (kind + left));
        }
    }

    @Test
    void whatIsNotCommittedIsNotSeen() {
        ring.begin();
        put(1, 20);
        assertThat(ring.next()).isFalse();
        put(2, 0);
        assertThat(ring.commit()).isTrue();

        take(1, 20);
        take(2, 0);
        assertThat(ring.next()).isFalse();
    }

    @Test
    void aTransactionThatWasNotCommittedIsForgotten() {
        ring.begin();
        put(1, 20);
        ring.begin();
        put(2, 30);
        ring.commit();

        take(2, 30);
        assertThat(ring.next()).isFalse();
    }

    @Test
    @DisplayName("a transaction that does not fit leaves nothing behind, and room for the next")
    void isAllOrNothing() {
        ring.begin();
        int pieces = 0;
        while (put(1, 10_000)) {
            pieces++;
        }
        assertThat(pieces).isBetween(20, 26);
        assertThat(put(2, 0)).as("a small one after a big one that did not fit").isFalse();
        assertThat(ring.commit()).isFalse();
        assertThat(ring.next()).isFalse();

        ring.begin();
        assertThat(put(3, 10_000)).isTrue();
        assertThat(ring.commit()).isTrue();
        take(3, 10_000);
    }

    @Test
    void isFullUntilTheConsumerHasMovedOn() {
        int payload = CAPACITY / 4 - HEADER_BYTES;
        for (int i = 0; i < 4; i++) {
            ring.begin();
            assertThat(put(i, payload)).isTrue();
            assertThat(ring.commit()).isTrue();
        }
        ring.begin();
        assertThat(put(4, payload)).isFalse();

        take(0, payload);
        ring.begin();
        assertThat(put(4, payload)).as("the piece is still the consumer's").isFalse();
        take(1, payload);
        ring.begin();
        assertThat(put(4, payload)).isTrue();
        assertThat(ring.commit()).isTrue();
        for (int i = 2; i <= 4; i++) {
            take(i, payload);
        }
    }

    @Test
    void aLongRunOfBytesComesInPiecesThatFitTheEnd() {
        for (int offset = 0; offset < 3 * CAPACITY; offset += 60_008) {
            int left = 100_001;
            ring.begin();
            put(1, 60_000 - left % 7);
            int pieces = 0;
            while (left > 0) {
                int start = ring.claimSome(2, left);
                assertThat(start).isPositive();
                left -= ring.payloadAt(start).remaining();
                pieces++;
            }
            assertThat(pieces).isBetween(2, 3);
            assertThat(ring.commit()).isTrue();
            take(1, 60_000 - 100_001 % 7);
            int got = 0;
            while (ring.next()) {
                assertThat(ring.kind()).isEqualTo(2);
                got += ring.payload().remaining();
            }
            assertThat(got).isEqualTo(100_001);
        }
    }

    @Test
    void aPieceCanBecomeSomethingElse() {
        ring.begin();
        int start = ring.claim(1, 5);
        ring.change(start, 7);
        ring.commit();

        assertThat(ring.next()).isTrue();
        assertThat(ring.kind()).isEqualTo(7);
    }

    @Test
    void everyCommittedPieceComesOutOnceAndWholeOnAnotherThread() throws Exception {
        int steps = 20_000;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread consumer = new Thread(() -> {
            try {
                for (int i = 0; i < steps; i++) {
                    while (!ring.next()) {
                        Thread.onSpinWait();
                    }
                    assertThat(ring.kind()).isEqualTo(i);
                    assertThat(ring.payload().remaining()).isEqualTo(length(i));
                    while (ring.payload().hasRemaining()) {
                        assertThat(ring.payload().get())
                                .isEqualTo((byte) (i + ring.payload().remaining() + 1));
                    }
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        consumer.start();
        for (int i = 0; i < steps && failure.get() == null; ) {
            ring.begin();
            if (put(i, length(i)) && ring.commit()) {
                i++;
            } else {
                Thread.onSpinWait();
            }
        }
        consumer.join();
        assertThat(failure.get()).isNull();
    }

    private static int length(int step) {
        return step * 37 % 700;
    }
}
