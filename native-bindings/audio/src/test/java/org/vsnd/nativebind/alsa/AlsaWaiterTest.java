// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.nativebind.libc.LibC;

@DisplayName("Where an audio thread waits for its PCM")
class AlsaWaiterTest {
    private static final long LONG_NANOS = 60_000_000_000L;

    @Test
    @DisplayName("works without a descriptor to be woken by, and has one as soon as the process has")
    void worksWithoutADescriptor() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        try (AlsaWaiter<AlsaPcm> waiter = new AlsaWaiter<>(() -> {
            return asked.incrementAndGet() < 4 ? -1 : LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
        })) {
            waiter.wake(); // nobody hears it
            for (int i = 0; i < 2; i++) { // and neither ends only in a minute
                waiter.await(System.nanoTime() + LONG_NANOS, true);
            }
            assertThat(asked).hasValue(3);
            Thread waker = new Thread(() -> {
                while (asked.get() < 4) {
                    Thread.onSpinWait();
                }
                waiter.wake();
            });
            waker.start();
            waiter.await(System.nanoTime() + LONG_NANOS, true);
            waker.join();
            assertThat(asked).hasValue(4);
        }
    }
}
