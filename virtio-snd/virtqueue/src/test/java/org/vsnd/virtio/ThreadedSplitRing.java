// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.RingDriver.AVAIL;
import static org.vsnd.virtio.RingDriver.DESC;
import static org.vsnd.virtio.RingDriver.USED;

import java.lang.invoke.VarHandle;

/** The split format. */
final class ThreadedSplitRing extends ThreadedRing {
    private int placed;
    private int published;
    private int taken;

    ThreadedSplitRing(FlatMemory memory, int size, long features) {
        super(memory, size, features);
    }

    @Override
    void place(int id, long number) {
        write(id, number);
        for (int i = 0; i < 2; i++) {
            long at = DESC + 16L * (2 * id + i);
            describe(at, id, i == 1);
            memory.put16(at + 12, flags(i == 1));
            memory.put16(at + 14, 2 * id + 1);
        }
        memory.put16(AVAIL + 4 + 2L * (placed % size), 2 * id);
        placed++;
    }

    @Override
    boolean publish() {
        int before = published;
        published = placed;
        if (before == placed) {
            return false;
        }
        VarHandle.releaseFence();
        memory.put16(AVAIL + 2, placed);
        VarHandle.fullFence();
        int event = memory.get16(USED + 4 + 8L * size);
        return !eventIdx || (placed - event - 1 & 0xffff) < (placed - before & 0xffff);
    }

    @Override
    boolean hasUsed() {
        int idx = memory.get16(USED + 2);
        VarHandle.acquireFence();
        return (idx - taken & 0xffff) != 0;
    }

    @Override
    int takeUsed() {
        if (!hasUsed()) {
            return NONE;
        }
        long elem = USED + 4 + 8L * (taken % size);
        int id = memory.get32(elem) / 2;
        checkLength(id, memory.get32(elem + 4));
        taken++;
        return id;
    }

    @Override
    void askForInterrupt() {
        memory.put16(AVAIL + 4 + 2L * size, taken);
        VarHandle.fullFence();
    }

    @Override
    void askForNone() {} // the flag is a hint, which the device does not take
}
