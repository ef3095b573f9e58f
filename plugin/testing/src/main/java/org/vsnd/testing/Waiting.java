// SPDX-License-Identifier: Apache-2.0
package org.vsnd.testing;

import java.util.function.BooleanSupplier;

/** Waits for something that another thread does. */
public final class Waiting {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private Waiting() {}

    /**
     * Waits, 20 s at most.
     *
     * @throws AssertionError if it does not come; with {@code what}
     */
    public static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not in time: " + what);
            }
            Thread.sleep(1);
        }
    }
}
