// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.PlaybackSource;
import org.vsnd.guest.haiku.RecordedSink;

@DisplayName("The model of Haiku")
class HaikuAllocationTest {
    private static final int EXCHANGES = 200;
    private static final int WINDOWS = 10;
    /** What is kept of an exchange, and its place in a list that grows by half now and then. */
    private static final long BYTES_KEPT = 160;

    @Test
    @DisplayName("allocates nothing for an exchange but what it keeps of it, and the card with it")
    void allocatesWhatItKeeps() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (VirtualMachine machine = VirtualMachine.open(Map.of())) {
            machine.tape().countOnly();
            HaikuMachine haiku = new HaikuMachine(machine.bus(), HaikuVersion.BRANCH);
            haiku.firmware();
            haiku.boot();
            MultiAudioNode node = new MultiAudioNode(
                    haiku.open(), NodeSettings.ofMediaServer(), PlaybackSource.SILENCE, RecordedSink.NONE);
            node.start();
            long fewest = Long.MAX_VALUE;
            for (int window = 0; window < WINDOWS; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                node.exchange(EXCHANGES);
                fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(fewest).isPositive().isLessThan(EXCHANGES * BYTES_KEPT);
            node.close();
        }
    }
}
