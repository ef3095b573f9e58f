package org.vsnd.vfiouser;

import java.util.function.Supplier;

/**
 * A log for faults that a client or guest can repeat as often as it likes: so many lines in ten seconds, then only a
 * count. One thread.
 */
final class RateLimitedLog {
    private static final long INTERVAL_NANOS = 10_000_000_000L;
    private static final int LINES_PER_INTERVAL = 10;

    private final System.Logger logger;
    private long intervalStartNanos;
    private int lines;
    private long dropped;

    RateLimitedLog(System.Logger logger) {
        this.logger = logger;
        intervalStartNanos = System.nanoTime();
    }

    void warn(Supplier<String> line) {
        long now = System.nanoTime();
        if (now - intervalStartNanos >= INTERVAL_NANOS) {
            intervalStartNanos = now;
            lines = 0;
            if (dropped > 0) {
                logger.log(System.Logger.Level.WARNING, "{0} more such lines were left out", dropped);
                dropped = 0;
            }
        }
        if (lines < LINES_PER_INTERVAL) {
            lines++;
            logger.log(System.Logger.Level.WARNING, line);
        } else {
            dropped++;
        }
    }
}
