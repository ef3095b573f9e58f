// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.vsnd.spi.DeviceThread;

/** Logs guests' faults, at most once a second: a hostile guest must not fill the host's disk. */
final class FaultLog {
    private static final Logger LOG = System.getLogger(FaultLog.class.getName());
    private static final long INTERVAL_NANOS = 1_000_000_000L;

    private final DeviceThread thread;

    private boolean used;
    private long lastNanos;
    private long suppressed;

    FaultLog(DeviceThread thread) {
        this.thread = thread;
    }

    void report(String reason) {
        long now = thread.nanoTime();
        if (used && now - lastNanos < INTERVAL_NANOS) {
            suppressed++;
            return;
        }
        used = true;
        lastNanos = now;
        LOG.log(Level.WARNING, "guest fault, device needs reset: {0} ({1} more not logged)", reason, suppressed);
        suppressed = 0;
    }
}
