package org.vsnd.it.haiku;

import org.jspecify.annotations.Nullable;

/** The two buffers of a direction in one area, its queue, and the semaphore its interrupt releases. */
final class DmaBuffers {
    final HaikuVirtqueue queue;
    int semaphore;

    private final HaikuKernel kernel;
    private final String areaName;
    private @Nullable Area area; // what was made last, deleted or not
    private boolean mapped;

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
        if (mapped) {
            deleteArea();
        }
        area = kernel.createArea(areaName, bytes);
        mapped = true;
    }

    /** Deletes the area and forgets its address. */
    void unmap() {
        deleteArea();
        mapped = false;
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
