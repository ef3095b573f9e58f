// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** Waits for what another process does. */
final class Waiting {
    private static final long POLL_MILLIS = 20;

    private Waiting() {}

    /** Returns as soon as the condition holds. @throws AssertionError naming what was waited for */
    static void until(Duration limit, Callable<Boolean> condition, Supplier<String> what) throws Exception {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what.get());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
