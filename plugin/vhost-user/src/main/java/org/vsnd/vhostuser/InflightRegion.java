// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.ChainTracker;

/**
 * The part of the inflight buffer for one split ring: which chains were taken and not given back, kept outside of this process.
 * Each step leaves it such that another process can go on, wherever this one is killed. Offsets in bytes. Device thread only;
 * tracking allocates nothing.
 */
final class InflightRegion implements InflightRecord, ChainTracker {
    /** The head of the region: u64 features, u16 version, u16 number of descriptors, then these. */
    private static final int VERSION_AT = 8; // u16

    private static final int DESC_NUM_AT = 10; // u16
    private static final int LAST_BATCH_HEAD_AT = 12; // u16
    private static final int USED_IDX_AT = 14; // u16
    private static final int DESC_AT = 16;
    private static final int VERSION = 1;

    /** A descriptor's state. */
    private static final int INFLIGHT = 0; // u8, with a byte of padding

    private static final int NEXT = 6; // u16
    private static final int COUNTER = 8; // u64
    private static final int DESC_LENGTH = 16;

    private static final int ALIGN = 64;
    private static final int U16 = 0xffff;

    private final GuestMemory memory;
    private final long at;
    private final int descNum;
    private final ByteBuffer number = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long counter;

    /** A chain that was taken. */
    private record Taken(int head, long counter) {}

    /**
     * @param at where the region is in the buffer
     * @param descNum most descriptors of the ring
     */
    InflightRegion(GuestMemory memory, long at, int descNum) {
        this.memory = memory;
        this.at = at;
        this.descNum = descNum;
    }

    /** Bytes of a region, from one to the next. */
    static long length(int descNum) {
        return (DESC_AT + (long) DESC_LENGTH * descNum + ALIGN - 1) & -ALIGN;
    }

    @Override
    public boolean fits(int size) {
        return size <= descNum;
    }

    /**
     * What the ring's last life has left.
     *
     * @param usedIdx the used index in the ring
     * @param availIdx the available index in the ring
     * @param size descriptors of the ring
     * @return heads in the order in which they were taken; empty if the region says nothing of this ring, and then it begins
     *     here
     */
    int[] recover(int usedIdx, int availIdx, int size) throws GuestMemoryException {
        List<Taken> taken = new ArrayList<>();
        int batch = (usedIdx - load16(USED_IDX_AT)) & U16;
        if (load16(VERSION_AT) != VERSION || load16(DESC_NUM_AT) != descNum || batch > descNum) {
            begin(usedIdx);
            return new int[0];
        }
        int done = load16(LAST_BATCH_HEAD_AT);
        for (int i = 0; i < batch && done < descNum; i++) {
            store16(desc(done) + INFLIGHT, 0);
            done = load16(desc(done) + NEXT);
        }
        store16(USED_IDX_AT, usedIdx);
        for (int head = 0; head < descNum; head++) {
            if ((load16(desc(head) + INFLIGHT) & 0xff) != 0) {
                taken.add(new Taken(head, load64(desc(head) + COUNTER)));
            }
        }
        if (taken.size() > ((availIdx - usedIdx) & U16) || taken.stream().anyMatch(each -> each.head() >= size)) {
            begin(usedIdx);
            return new int[0];
        }
        taken.sort(Comparator.comparingLong(Taken::counter));
        counter = taken.isEmpty() ? 0 : taken.get(taken.size() - 1).counter() + 1;
        return taken.stream().mapToInt(Taken::head).toArray();
    }

    /** No chain is taken, and the ring stands here. */
    void begin(int usedIdx) throws GuestMemoryException {
        store16(VERSION_AT, 0); // until all is done
        store16(DESC_NUM_AT, descNum);
        for (int head = 0; head < descNum; head++) {
            store16(desc(head) + INFLIGHT, 0);
        }
        store16(USED_IDX_AT, usedIdx);
        store16(VERSION_AT, VERSION);
        counter = 0;
    }

    @Override
    public void taken(int head) throws GuestMemoryException {
        number.clear().putLong(0, counter);
        counter++;
        memory.write(at + desc(head) + COUNTER, number);
        store16(desc(head) + INFLIGHT, 1);
    }

    @Override
    public void givesBack(int head) throws GuestMemoryException {
        store16(desc(head) + NEXT, load16(LAST_BATCH_HEAD_AT));
        store16(LAST_BATCH_HEAD_AT, head);
        VarHandle.fullFence(); // before the ring's used index
    }

    @Override
    public void gaveBack(int head, int usedIdx) throws GuestMemoryException {
        store16(desc(head) + INFLIGHT, 0);
        store16(USED_IDX_AT, usedIdx);
    }

    private static int desc(int head) {
        return DESC_AT + DESC_LENGTH * head;
    }

    private int load16(int offset) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(at + offset));
    }

    private long load64(int offset) throws GuestMemoryException {
        number.clear();
        memory.read(at + offset, number);
        return number.getLong(0);
    }

    private void store16(int offset, int value) throws GuestMemoryException {
        memory.storeRelease16(at + offset, (short) value);
    }
}
