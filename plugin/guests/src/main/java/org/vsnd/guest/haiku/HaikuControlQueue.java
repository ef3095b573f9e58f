// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.driver.SndWire;

/**
 * The sound driver's control requests: one at a time, all in one page. The semaphore is taken before each and released by
 * the interrupt; the answer itself is waited for in a busy loop.
 */
final class HaikuControlQueue {
    private static final int HEADER_BYTES = 4;
    private static final int QUERY_BYTES = 16;

    private final HaikuKernel kernel;
    private final GuestRam ram;
    private final HaikuVirtqueue queue;
    private final Area area;
    private final int semaphore;

    HaikuControlQueue(HaikuKernel kernel, HaikuVirtqueue queue) {
        this.kernel = kernel;
        this.queue = queue;
        ram = kernel.bus().ram();
        area = kernel.createArea("virtio_snd ctrl buffer", AreaSpace.PAGE_BYTES);
        semaphore = kernel.semaphores().create(1, "virtio_sound ctrl_sem");
        queue.setCallback(() -> kernel.semaphores().release(semaphore));
    }

    /** Asks for {@code count} items of {@code itemBytes}; null if the device refuses. */
    byte @Nullable [] query(int code, int count, int itemBytes) {
        kernel.touch(area, "<virtio_sound>VirtIOSoundQueryInfo()");
        long request = area.address();
        ram.put32(request, code);
        ram.put32(request + 4, 0);
        ram.put32(request + 8, count);
        ram.put32(request + 12, itemBytes);
        long status = request + QUERY_BYTES;
        int replyBytes = count * itemBytes;
        ram.fill(status, HEADER_BYTES + replyBytes, 0);
        if (!queue.isEmpty()) {
            return null;
        }
        kernel.acquire(semaphore);
        queue.readable(request, QUERY_BYTES).writable(status, HEADER_BYTES).writable(status + HEADER_BYTES, replyBytes);
        if (!queue.queueRequest()) {
            return null;
        }
        queue.spinForUsed();
        return ram.get32(status) == SndWire.S_OK ? ram.read(status + HEADER_BYTES, replyBytes) : null;
    }

    /**
     * Sends a request of little-endian words.
     *
     * @return whether the device agreed
     */
    boolean request(int... words) {
        if (!queue.isEmpty()) {
            return false;
        }
        kernel.touch(area, "<virtio_sound>VirtIOSoundQueueControl()");
        int bytes = 4 * words.length;
        for (int i = 0; i < words.length; i++) {
            ram.put32(area.address() + 4L * i, words[i]);
        }
        long status = area.address() + bytes;
        kernel.acquire(semaphore);
        queue.readable(area.address(), bytes).writable(status, HEADER_BYTES);
        if (!queue.queueRequest()) {
            return false;
        }
        queue.spinForUsed();
        return ram.get32(status) == SndWire.S_OK;
    }

    void delete() {
        kernel.deleteArea(area);
    }
}
