// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The one place that says what the driver does wrong and what it should do: each {@link DriverFault} once in a driver's
 * life, and not again within a minute by a driver that starts anew and anew. Device thread only; allocates only to
 * speak, if it is given no values that must be made.
 */
final class DriverFaults {
    private static final Logger LOG = System.getLogger(DriverFaults.class.getName());
    private static final long AGAIN_NANOS = 60_000_000_000L;

    private final ScheduledTasks thread;
    /** By this driver. */
    private final Set<DriverFault> seen = EnumSet.noneOf(DriverFault.class);
    /** When each was said last, by whichever driver. */
    private final Map<DriverFault, Long> saidNanos = new EnumMap<>(DriverFault.class);

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
     * The driver does this. Allocates only to speak.
     *
     * @param value as the fault describes it
     */
    void seen(DriverFault fault, long value) {
        if (isNews(fault)) {
            say(fault, value);
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
        if (!seen.add(fault)) {
            return false;
        }
        long nowNanos = thread.nanoTime();
        Long said = saidNanos.get(fault);
        if (said != null && nowNanos - said < AGAIN_NANOS) {
            return false;
        }
        saidNanos.put(fault, nowNanos);
        return true;
    }

    private static void say(DriverFault fault, Object... values) {
        LOG.log(Level.INFO, () -> fault.describe(values));
    }

    /** Reset: the next driver is another one. */
    void reset() {
        seen.clear();
    }
}
