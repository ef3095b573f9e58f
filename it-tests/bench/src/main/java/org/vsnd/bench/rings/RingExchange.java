// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.rings;

import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_EVENT_IDX;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_INDIRECT_DESC;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_IN_ORDER;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_RING_PACKED;
import static org.vsnd.virtio.VirtioFeatures.VIRTIO_F_VERSION_1;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/** One message through a ring: offered, taken, its bytes not looked at, given back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingExchange {
    private static final int STATUS_BYTES = 8;

    /** What was negotiated. */
    public enum Ring {
        SPLIT(0),
        SPLIT_EVENT_IDX(VIRTIO_F_EVENT_IDX),
        SPLIT_IN_ORDER(VIRTIO_F_IN_ORDER),
        PACKED(VIRTIO_F_RING_PACKED),
        PACKED_EVENT_IDX(VIRTIO_F_RING_PACKED | VIRTIO_F_EVENT_IDX),
        PACKED_IN_ORDER(VIRTIO_F_RING_PACKED | VIRTIO_F_IN_ORDER);

        private final long features;

        Ring(long further) {
            features = VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC | further;
        }
    }

    @Param
    public Ring ring = Ring.SPLIT;

    @Param({"false", "true"})
    public boolean indirect;

    private RingDriver driver = new SplitDriver(false);
    private Virtqueue queue = driver.queue(SplitDriver.SIZE, VIRTIO_F_VERSION_1);

    @Setup
    public void enable() {
        boolean packed = (ring.features & VIRTIO_F_RING_PACKED) != 0;
        driver = packed ? new PackedDriver(indirect) : new SplitDriver(indirect);
        queue = driver.queue(packed ? PackedDriver.SIZE : SplitDriver.SIZE, ring.features);
    }

    @Benchmark
    public void message() throws VirtqueueException, GuestMemoryException {
        driver.offer();
        DescriptorChain chain = queue.poll();
        if (chain == null) {
            throw new IllegalStateException("the message is not seen");
        }
        queue.complete(chain, STATUS_BYTES);
    }
}
