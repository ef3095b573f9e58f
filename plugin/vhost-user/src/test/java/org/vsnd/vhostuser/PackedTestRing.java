// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.vsnd.nativebind.libc.ErrnoException;

/**
 * A packed one, whose lists have one descriptor unless a test says otherwise. Offsets and flags are written out, not taken from
 * main code.
 */
final class PackedTestRing extends DriverRing {
    /** Where a ring begins. */
    static final int BEGIN = 0x8000_8000;

    static final int DRIVER = 0x400;
    static final int DEVICE = 0x800;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;

    private final Map<Integer, Integer> lengths = new HashMap<>();
    private int nextAvail;
    private boolean availWrap = true;
    private int nextUsed;
    private boolean usedWrap = true;

    PackedTestRing(TestClient client, int index) throws ErrnoException {
        super(client, index);
        ram.put(at, new byte[0x1000]);
    }

    @Override
    ByteBuffer addr() {
        return addr(DRIVER, DEVICE);
    }

    /** Where descriptor and buffers of an ID are. */
    private static long buffer(int id) {
        return TestClient.GUEST + 0x8000 + 64L * id;
    }

    @Override
    void offer(int... ids) {
        for (int id : ids) {
            offerList(id, 1);
        }
    }

    /** Makes a list of so many writable descriptors available. */
    void offerList(int id, int descriptors) {
        int first = nextAvail;
        int firstFlags = 0;
        lengths.put(id, descriptors);
        for (int i = 0; i < descriptors; i++) {
            int flags = WRITE | (i < descriptors - 1 ? NEXT : 0) | (availWrap ? AVAIL : USED);
            int desc = at + 16 * nextAvail;
            ram.putLong(desc, buffer(id) + 16L * i).putInt(desc + 8, 16).putShort(desc + 12, (short) id);
            if (i == 0) {
                firstFlags = flags;
            } else {
                ram.putShort(desc + 14, (short) flags);
            }
            nextAvail++;
            if (nextAvail == SIZE) {
                nextAvail = 0;
                availWrap = !availWrap;
            }
        }
        ram.putShort(at + 16 * first + 14, (short) firstFlags);
    }

    @Override
    List<Integer> used() {
        List<Integer> ids = new ArrayList<>();
        int flags = ram.getShort(at + 16 * nextUsed + 14);
        while ((flags & AVAIL) != 0 == usedWrap && (flags & USED) != 0 == usedWrap) {
            int id = ram.getShort(at + 16 * nextUsed + 12);
            ids.add(id);
            nextUsed += lengths.get(id);
            if (nextUsed >= SIZE) {
                nextUsed -= SIZE;
                usedWrap = !usedWrap;
            }
            flags = ram.getShort(at + 16 * nextUsed + 14);
        }
        return ids;
    }

    /** A base by the places of the next list to take and of the next use, counted from the beginning. */
    static int base(int avail, int used) {
        return place(avail) | place(used) << 16;
    }

    private static int place(int count) {
        return count % SIZE | (count / SIZE % 2 == 0 ? 1 << 15 : 0);
    }
}
