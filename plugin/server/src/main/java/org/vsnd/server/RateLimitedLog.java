// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;

/**
 * A log for events that a client or guest can repeat at will: a limited number of lines in ten seconds, then only a
 * count. One thread.
 */
public final class RateLimitedLog {
    private static final int INTERVAL_SECONDS = 10;
    private static final long INTERVAL_NANOS = INTERVAL_SECONDS * 1_000_000_000L;

    private final System.Logger logger;
    private final long linesPerInterval;
    private long intervalStartNanos;
    private long lines;
    private long dropped;

    RateLimitedLog(System.Logger logger, CardBudget budget) {
        this.logger = logger;
        linesPerInterval = INTERVAL_SECONDS * budget.most(Limit.LOG_LINES_PER_SECOND);
        intervalStartNanos = System.nanoTime();
    }

    public void info(Supplier<String> line) {
        log(System.Logger.Level.INFO, line, null);
    }

    public void warn(Supplier<String> line) {
        log(System.Logger.Level.WARNING, line, null);
    }

    /** Logs a line unless there have been too many. */
    void log(System.Logger.Level level, Supplier<String> line, @Nullable Throwable cause) {
        if (!logger.isLoggable(level)) {
            return;
        }
        long now = System.nanoTime();
        if (now - intervalStartNanos >= INTERVAL_NANOS) {
            intervalStartNanos = now;
            lines = 0;
            if (dropped > 0) {
                logger.log(System.Logger.Level.WARNING, "{0} more such lines were left out", dropped);
                dropped = 0;
            }
        }
        if (lines == linesPerInterval) {
            dropped++;
            return;
        }
        lines++;
        logger.log(level, line, cause);
    }
}
