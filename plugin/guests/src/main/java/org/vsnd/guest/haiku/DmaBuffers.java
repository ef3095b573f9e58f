// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;

/** The two buffers of a direction in one area, its queue, and the semaphore its interrupt releases. */
final class DmaBuffers {
    final HaikuVirtqueue queue;
    int semaphore;

    private final HaikuKernel kernel;
    private final String areaName;
    private @Nullable Area area; // what was made last, deleted or not
    private long mapped; // where the driver believes them to be; 0: nowhere

    /** Starts with semaphore 0: what a field holds that nobody has set. */
    DmaBuffers(HaikuKernel kernel, HaikuVirtqueue queue, String areaName) {
        this.kernel = kernel;
        this.queue = queue;
        this.areaName = areaName;
        semaphore = Semaphores.THREAD_1_EXIT;
        queue.setCallback(() -> kernel.semaphores().release(semaphore));
    }

    /** Makes the area anew; an older one that is still mapped is deleted first. */
    void allocate(int bytes) {
        if (mapped != 0) {
            kernel.deleteAreaAt(mapped);
        }
        area = kernel.createArea(areaName, bytes);
        mapped = area.address();
    }

    /** What the driver remembers when it is opened again: that of another life. */
    long mapped() {
        return mapped;
    }

    /** The driver's memory is that of another life. */
    void remember(long address) {
        mapped = address;
    }

    /** Deletes the area and forgets its address. */
    void unmap() {
        deleteArea();
        mapped = 0;
    }

    void deleteArea() {
        if (area != null) {
            kernel.deleteArea(area);
        }
    }

    /** Guest-physical address of the first buffer. */
    long address() {
        if (area == null) {
            throw new IllegalStateException("no buffers yet");
        }
        return area.address();
    }
}
