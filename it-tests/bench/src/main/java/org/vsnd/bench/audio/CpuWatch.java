// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.List;
import org.vsnd.bench.BenchException;

/** Looks at processes' CPU at two times, from a thread of its own: what is watched may keep this one busy. */
final class CpuWatch {
    private final Thread thread;
    private final long afterNanos;
    private final long spanNanos;
    private final List<List<Long>> groups;
    private final double[] shares;
    private volatile boolean done;

    /**
     * Starts to watch.
     *
     * @param afterNanos when to look first, from now
     * @param spanNanos when to look again, from then
     * @param groups process ids
     */
    CpuWatch(long afterNanos, long spanNanos, List<List<Long>> groups) {
        this.afterNanos = afterNanos;
        this.spanNanos = spanNanos;
        this.groups = List.copyOf(groups);
        shares = new double[groups.size()];
        thread = new Thread(this::watch, "vsnd-bench-cpu");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            Thread.sleep(afterNanos / 1_000_000);
            long began = System.nanoTime();
            long[] before = groups.stream().mapToLong(ProcessCpu::nanos).toArray();
            Thread.sleep(spanNanos / 1_000_000);
            double span = System.nanoTime() - began;
            for (int i = 0; i < before.length; i++) {
                shares[i] = (ProcessCpu.nanos(groups.get(i)) - before[i]) / span;
            }
            done = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the second look. */
    void await() throws BenchException, InterruptedException {
        thread.join((afterNanos + spanNanos) / 1_000_000 + 10_000);
        if (!done) {
            throw new BenchException("the processes could not be watched");
        }
    }

    /** What a group used of one processor. */
    double share(int group) {
        return shares[group];
    }
}
