// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.vsnd.cli.boot.BootException;

/** Waits for what another process does. */
final class Await {
    private static final long LOOK_MILLIS = 5;

    private Await() {}

    /** A question to the world. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws BootException;
    }

    /** The folder of a file. */
    static Path folder(Path file) {
        Path folder = file.getParent();
        return folder == null ? Path.of("") : folder;
    }

    /** Returns as soon as the condition holds. */
    static void until(Duration limit, Condition condition, Supplier<String> what) throws BootException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new BootException("not within " + limit.toSeconds() + " s: " + what.get());
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BootException("interrupted while waiting for " + what.get(), e);
            }
        }
    }
}
