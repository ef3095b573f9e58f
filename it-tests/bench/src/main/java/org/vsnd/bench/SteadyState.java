// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.List;

/**
 * What four playing streams cost.
 *
 * @param backend the host audio they played into
 * @param seconds over which it was counted
 * @param allocatedBytes by device and audio threads in that time
 * @param cpuShare of one processor, the whole vsnd process
 * @param guestCpuShare of one processor, QEMU, for comparison
 */
record SteadyState(
        String backend,
        int streams,
        double seconds,
        long allocatedBytes,
        double cpuShare,
        double guestCpuShare,
        long xruns) {

    /**
     * Counts between the first statistics after the warm-up and the last.
     *
     * @param lines from {@code --stats}
     * @param warmUpNanos left out after all the streams have started
     */
    static SteadyState of(
            String backend, int streams, List<ServeStatistics> lines, long warmUpNanos, double guestCpuShare)
            throws BenchException {
        List<ServeStatistics> playing = lines.stream()
                .filter(line -> line.streams().stream()
                                .filter(ServeStatistics.Stream::started)
                                .count()
                        == streams)
                .toList();
        List<ServeStatistics> warm = playing.stream()
                .filter(line -> line.uptimeNanos() >= playing.get(0).uptimeNanos() + warmUpNanos)
                .toList();
        if (warm.size() < 2) {
            throw new BenchException("the " + streams + " streams did not play long enough together");
        }
        ServeStatistics first = warm.get(0);
        ServeStatistics last = warm.get(warm.size() - 1);
        double nanos = last.uptimeNanos() - first.uptimeNanos();
        return new SteadyState(
                backend,
                streams,
                nanos / 1e9,
                last.allocatedBytes() - first.allocatedBytes(),
                (last.cpuNanos() - first.cpuNanos()) / nanos,
                guestCpuShare,
                last.streams().stream().mapToLong(ServeStatistics.Stream::xruns).sum());
    }

    /** Of one processor. */
    double cpuSharePerStream() {
        return cpuShare / streams;
    }
}
