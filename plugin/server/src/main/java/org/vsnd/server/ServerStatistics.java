// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/**
 * What a server has seen so far. Each number is exact, but they are of slightly different moments.
 *
 * @param connections clients that have agreed on a version
 * @param clientConnected whether one is connected now
 * @param memoryRanges ranges of guest memory announced by it, with or without a file behind them
 * @param mappings mappings of the process for them
 * @param mappedBytes bytes of address space for them
 * @param messages messages handled, of all clients
 * @param memoryFaults times the guest's memory file was shortened under the device
 * @param unsharedMemorySuspected whether the guest's memory looks as if the hypervisor did not share it (share=off)
 */
public record ServerStatistics(
        long connections,
        boolean clientConnected,
        int memoryRanges,
        int mappings,
        long mappedBytes,
        long messages,
        long memoryFaults,
        boolean unsharedMemorySuspected) {}
