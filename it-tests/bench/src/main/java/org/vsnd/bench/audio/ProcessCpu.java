// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.time.Duration;
import java.util.Collection;

/** What processes have used of a processor. */
final class ProcessCpu {
    private ProcessCpu() {}

    /** Of all of them together so far, in nanoseconds; nothing for those that have ended. */
    static long nanos(Collection<Long> pids) {
        long nanos = 0;
        for (long pid : pids) {
            nanos += ProcessHandle.of(pid)
                    .flatMap(process -> process.info().totalCpuDuration()) // from /proc
                    .orElse(Duration.ZERO)
                    .toNanos();
        }
        return nanos;
    }
}
