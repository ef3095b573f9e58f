// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;

/**
 * What each card of a process may take, so that all of them together never take more than the process has: the standard
 * budget, or an equal share where that is less.
 *
 * @param memoryBytes the most that the virtual machine takes, on its heap and as much again outside
 * @param mappings the most that the kernel allows a process
 * @param descriptors likewise
 */
record CardShare(long memoryBytes, long mappings, long descriptors) {
    /** What x86-64 and aarch64 give a process is twice as much. */
    private static final long ADDRESS_SPACE_BYTES = 1L << 46;

    /** Some services are given no more than 4,915. */
    private static final long THREADS = 4096;

    private static final Path MAX_MAP_COUNT = Path.of("/proc/sys/vm/max_map_count");
    private static final long KERNELS_MAX_MAP_COUNT = 65_530;
    private static final long USUAL_DESCRIPTORS = 1024;

    /** Outside the heap: what the process and each card need for everything but sound. */
    private static final long OWN_BYTES = 32L << 20;

    private static final long BYTES_PER_CARD = 2L << 20;
    private static final long DESCRIPTORS_PER_CARD = 32;
    private static final long DESCRIPTORS_PER_STREAM = 6;

    /** Of this process. */
    static CardShare ofThisProcess() {
        long descriptors = ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : USUAL_DESCRIPTORS;
        return new CardShare(Runtime.getRuntime().maxMemory(), maxMapCount(), descriptors);
    }

    private static long maxMapCount() {
        try (BufferedReader file = Files.newBufferedReader(MAX_MAP_COUNT)) { // the kernel gives it in one read only
            return Long.parseLong(String.valueOf(file.readLine()).strip());
        } catch (IOException | NumberFormatException e) {
            return KERNELS_MAX_MAP_COUNT;
        }
    }

    /** The budget of one of so many. */
    CardBudget among(int cards) {
        CardBudget budget = CardBudget.STANDARD;
        budget = atMost(budget, Limit.MAPPINGS, mappings / 2 / cards);
        budget = atMost(budget, Limit.MAPPED_BYTES, ADDRESS_SPACE_BYTES / cards);
        budget = atMost(budget, Limit.AUDIO_BYTES, (memoryBytes - OWN_BYTES) / cards - BYTES_PER_CARD);
        budget = atMost(budget, Limit.HOST_STREAMS, THREADS / 2 / cards);
        budget = atMost(
                budget, Limit.HOST_STREAMS, (descriptors / cards - DESCRIPTORS_PER_CARD) / DESCRIPTORS_PER_STREAM);
        return atMost(budget, Limit.HOST_OPENERS, THREADS / 4 / cards);
    }

    private static CardBudget atMost(CardBudget budget, Limit limit, long most) {
        return most < budget.most(limit) ? budget.with(limit, Math.max(1, most)) : budget;
    }
}
