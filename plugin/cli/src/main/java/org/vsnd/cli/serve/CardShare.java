// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;

/**
 * What each card of a process may take, so that all together never take more than the process has: the standard
 * budget, or an equal share where that is less.
 *
 * @param memoryBytes the most that the JVM takes on its heap, and as much again outside
 * @param mappings the most mappings that the kernel allows a process
 * @param descriptors the most descriptors that the kernel allows a process
 * @param addressSpaceBytes half of what the kernel gives a process
 */
record CardShare(long memoryBytes, long mappings, long descriptors, long addressSpaceBytes) {
    /** x86-64 and most aarch64 kernels give a process twice as much or more. */
    private static final long MOST_ADDRESS_SPACE_BYTES = 1L << 46;

    private static final Path MAPS = Path.of("/proc/self/maps");

    /** Some services are allowed no more than 4,915. */
    private static final long THREADS = 4096;

    private static final Path MAX_MAP_COUNT = Path.of("/proc/sys/vm/max_map_count");
    private static final long KERNELS_MAX_MAP_COUNT = 65_530;
    private static final long USUAL_DESCRIPTORS = 1024;

    /** Memory outside the heap that the process and each card need for everything but sound. */
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
        return new CardShare(Runtime.getRuntime().maxMemory(), maxMapCount(), descriptors, addressSpace());
    }

    private static long addressSpace() {
        try (Stream<String> maps = Files.lines(MAPS)) {
            return addressSpace(maps);
        } catch (IOException | UncheckedIOException e) {
            return MOST_ADDRESS_SPACE_BYTES;
        }
    }

    /**
     * Judged by the stack, which lies at the end: some aarch64 kernels give a process 39 bits.
     *
     * @param maps lines of {@code /proc/self/maps}; a page of the kernel may come last, in the upper half
     */
    static long addressSpace(Stream<String> maps) {
        long highest = maps.mapToLong(CardShare::startOf).max().orElse(0);
        return highest <= 0
                ? MOST_ADDRESS_SPACE_BYTES
                : Math.min(MOST_ADDRESS_SPACE_BYTES, Long.highestOneBit(highest));
    }

    /** Negative: in the upper half. */
    private static long startOf(String line) {
        return Long.parseUnsignedLong(line, 0, line.indexOf('-'), 16);
    }

    private static long maxMapCount() {
        try (BufferedReader file = Files.newBufferedReader(MAX_MAP_COUNT)) { // the kernel gives it in one read only
            return Long.parseLong(String.valueOf(file.readLine()).strip());
        } catch (IOException | NumberFormatException e) {
            return KERNELS_MAX_MAP_COUNT;
        }
    }

    /** The budget of one of this many cards. */
    CardBudget among(int cards) {
        CardBudget budget = CardBudget.STANDARD;
        budget = atMost(budget, Limit.MAPPINGS, mappings / 2 / cards);
        budget = atMost(budget, Limit.MAPPED_BYTES, addressSpaceBytes / cards);
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
