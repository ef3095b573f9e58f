// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.Virtqueue;

@DisplayName("What the benchmark of rings measures")
class RingDriverTest {
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @DisplayName("is a message with its three descriptors, in every round of the ring")
    void isAMessage(boolean packed, boolean indirect) throws Exception {
        long features = VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC | (packed ? VIRTIO_F_RING_PACKED : 0);
        RingDriver driver = packed ? new PackedDriver(indirect) : new SplitDriver(indirect);
        Virtqueue queue = driver.queue(packed ? PackedDriver.SIZE : SplitDriver.SIZE, features);
        for (int i = 0; i < 3 * SplitDriver.SIZE; i++) {
            assertThat(queue.poll()).as("before it is offered").isNull();
            driver.offer();
            DescriptorChain chain = queue.poll();
            assertThat(chain).isNotNull();
            assertThat(chain.readableBytes()).isEqualTo(4 + 1920);
            assertThat(chain.writableBytes()).isEqualTo(8);
            queue.complete(chain, 8);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("goes through a ring of each kind again and again")
    void goesThrough(RingExchange.Ring ring) throws Exception {
        RingExchange exchange = new RingExchange();
        exchange.ring = ring;
        exchange.enable();
        for (int i = 0; i < 70_000; i++) { // more than an index counts
            exchange.message();
        }
    }
}
