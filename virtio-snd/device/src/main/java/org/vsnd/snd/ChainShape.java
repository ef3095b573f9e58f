// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.virtio.DescriptorChain;

/**
 * How a driver has cut a chain into descriptors: the bytes of each, without empty ones, {@value #MOST} at most. No meaning
 * depends on it (VIRTIO 1.4 section 2.7.4); it only tells drivers apart.
 */
public record ChainShape(List<Long> readable, List<Long> writable) {
    /** No chain was seen. */
    public static final ChainShape NONE = new ChainShape(List.of(), List.of());

    private static final int MOST = 16;

    /** Keeps copies of the lists. */
    public ChainShape {
        readable = List.copyOf(readable);
        writable = List.copyOf(writable);
    }

    /**
     * Whether no chain was seen. Not by {@code equals}: that of a record leaves its class, and so the plugin's class loader,
     * in a cache of the JDK (17: {@code MethodHandle.asType} of a constant), where only the next record replaces it.
     */
    boolean isNone() {
        return readable.isEmpty() && writable.isEmpty();
    }

    static ChainShape of(DescriptorChain chain) {
        List<Long> readable = new ArrayList<>();
        List<Long> writable = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < MOST && chain.segmentBytes(i) > 0; i++) {
            (at < chain.readableBytes() ? readable : writable).add(chain.segmentBytes(i));
            at += chain.segmentBytes(i);
        }
        return new ChainShape(readable, writable);
    }
}
