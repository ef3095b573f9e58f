// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.nativebind.libc.ErrnoException;

/** A split one. */
final class TestRing extends DriverRing {
    private static final int AVAIL = 0x400;
    private static final int USED = 0x800;
    private static final int U16 = 0xffff;

    private int availIdx;
    private int usedSeen;

    /** @param begin where the ring's indexes are */
    TestRing(TestClient client, int index, int begin) throws ErrnoException {
        super(client, index);
        availIdx = begin;
        usedSeen = begin;
        ram.putShort(at + AVAIL + 2, (short) begin).putShort(at + USED + 2, (short) begin);
        for (int head = 0; head < SIZE; head++) {
            ram.putLong(at + 16 * head, TestClient.GUEST + 0x8000 + 16L * head)
                    .putInt(at + 16 * head + 8, 16)
                    .putInt(at + 16 * head + 12, 0);
        }
    }

    @Override
    ByteBuffer addr() {
        return addr(AVAIL, USED);
    }

    @Override
    void offer(int... heads) {
        for (int head : heads) {
            ram.putShort(at + AVAIL + 4 + 2 * (availIdx % SIZE), (short) head);
            availIdx = (availIdx + 1) & U16;
        }
        ram.putShort(at + AVAIL + 2, (short) availIdx);
    }

    @Override
    List<Integer> used() {
        List<Integer> heads = new ArrayList<>();
        int usedIdx = ram.getShort(at + USED + 2) & U16;
        while (usedSeen != usedIdx) {
            heads.add(ram.getInt(at + USED + 4 + 8 * (usedSeen % SIZE)));
            usedSeen = (usedSeen + 1) & U16;
        }
        return heads;
    }
}
