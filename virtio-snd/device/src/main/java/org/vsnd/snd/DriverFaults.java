// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;

/**
 * The one place that says what the driver does wrong and what it should do: each {@link DriverFault} once in a driver's
 * life, and not again within a minute by a driver that starts anew and anew. Device thread only; allocates only to
 * speak, if it is given no values that must be made.
 */
final class DriverFaults {
    private static final Logger LOG = System.getLogger(DriverFaults.class.getName());
    private static final long AGAIN_NANOS = 60_000_000_000L;
    private static final int COUNT = DriverFault.values().length;

    private final ScheduledTasks thread;
    private final boolean[] seen = new boolean[COUNT];
    private final boolean[] said = new boolean[COUNT];
    private final long[] saidNanos = new long[COUNT];

    DriverFaults(ScheduledTasks thread) {
        this.thread = thread;
    }

    /** The driver does this. */
    void seen(DriverFault fault) {
        if (isNews(fault)) {
            say(fault);
        }
    }

    /**
     * The driver does this.
     *
     * @param values as the fault describes them
     */
    void seen(DriverFault fault, Object... values) {
        if (isNews(fault)) {
            say(fault, values);
        }
    }

    private boolean isNews(DriverFault fault) {
        int kind = fault.ordinal();
        if (seen[kind]) {
            return false;
        }
        seen[kind] = true;
        long nowNanos = thread.nanoTime();
        if (said[kind] && nowNanos - saidNanos[kind] < AGAIN_NANOS) {
            return false;
        }
        said[kind] = true;
        saidNanos[kind] = nowNanos;
        return true;
    }

    private static void say(DriverFault fault, Object... values) {
        LOG.log(Level.INFO, () -> fault.describe(values));
    }

    /** Reset: the next driver is another one. */
    void reset() {
        Arrays.fill(seen, false);
    }
}
