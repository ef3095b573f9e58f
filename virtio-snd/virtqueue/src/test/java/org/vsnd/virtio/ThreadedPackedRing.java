// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import static org.vsnd.virtio.PackedRingDriver.AVAIL;
import static org.vsnd.virtio.PackedRingDriver.DEVICE;
import static org.vsnd.virtio.PackedRingDriver.DRIVER;
import static org.vsnd.virtio.PackedRingDriver.RING;
import static org.vsnd.virtio.PackedRingDriver.USED;

import java.lang.invoke.VarHandle;

/** The packed format. Places are counted on and on; the wrap counter is 1 in every other round. */
final class ThreadedPackedRing extends ThreadedRing {
    private static final int ENABLE = 0;
    private static final int DISABLE = 1;
    private static final int DESC = 2;

    private long placed;
    private long published;
    private long taken;

    ThreadedPackedRing(FlatMemory memory, int size, long features) {
        super(memory, size, features);
    }

    private long at(long place) {
        return RING + 16 * (place % size);
    }

    private boolean wrap(long place) {
        return place / size % 2 == 0;
    }

    private int offWrap(long place) {
        return (int) (place % size) | (wrap(place) ? 1 << 15 : 0);
    }

    /** The device may take it from here on: it is found by its first descriptor's flags, which are written last. */
    @Override
    void place(int id, long number) {
        write(id, number);
        for (int i = 1; i >= 0; i--) {
            long at = at(placed + i);
            describe(at, id, i == 1);
            memory.put16(at + 12, id);
            VarHandle.releaseFence();
            memory.put16(at + 14, flags(i == 1) | (wrap(placed + i) ? AVAIL : USED));
        }
        placed += 2;
    }

    @Override
    boolean publish() {
        long before = published;
        published = placed;
        if (before == placed) {
            return false;
        }
        VarHandle.fullFence();
        int flags = memory.get16(DEVICE + 2);
        if (flags != DESC) {
            return flags == ENABLE;
        }
        int event = memory.get16(DEVICE) & 0xffff;
        for (long place = before; place < placed; place++) {
            if (event == offWrap(place)) {
                return true;
            }
        }
        return false;
    }

    @Override
    boolean hasUsed() {
        int flags = memory.get16(at(taken) + 14);
        VarHandle.acquireFence();
        return (flags & AVAIL) != 0 == wrap(taken) && (flags & USED) != 0 == wrap(taken);
    }

    @Override
    int takeUsed() {
        if (!hasUsed()) {
            return NONE;
        }
        int id = memory.get16(at(taken) + 12);
        checkLength(id, memory.get32(at(taken) + 8));
        taken += 2;
        return id;
    }

    @Override
    void askForInterrupt() {
        if (eventIdx) {
            memory.put16(DRIVER, offWrap(taken));
            VarHandle.releaseFence();
        }
        memory.put16(DRIVER + 2, eventIdx ? DESC : ENABLE);
        VarHandle.fullFence();
    }

    @Override
    void askForNone() {
        memory.put16(DRIVER + 2, DISABLE);
    }
}
