// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.ListTracker;
import org.vsnd.virtio.PackedLife;

/**
 * The part of the inflight buffer for one packed ring: the descriptors that were taken and not given back, since those in the ring are
 * overwritten, and the place of the next use, which no ring says. Each step leaves it such that another process can go on, wherever
 * this one is killed. What is decided here while a ring runs is not read from the region, which the front end can write. Offsets
 * in bytes. Device thread only; tracking allocates nothing.
 */
final class PackedInflightRegion implements InflightRecord, ListTracker {
    // The head of the region; the u64 features before are 0.
    private static final int VERSION_AT = 8; // u16
    private static final int DESC_NUM_AT = 10; // u16
    private static final int FREE_HEAD_AT = 12; // u16
    private static final int OLD_FREE_HEAD_AT = 14; // u16
    /** u16 used_idx, u16 old_used_idx, u8 used_wrap_counter, u8 old_used_wrap_counter, two bytes of padding. */
    private static final int PLACES_AT = 16;

    private static final int DESC_AT = 32;
    private static final int VERSION = 1;
    /** Nothing is taken, and of the rest only the places count. No other back end knows it; it lasts while the rest is written. */
    private static final int NOTHING_TAKEN = 2;

    // A descriptor that was taken.
    private static final int INFLIGHT = 0; // u8, with a byte of padding; of the first of a list
    private static final int NEXT = 2; // u16: of the free ones, and within a list
    private static final int LAST = 4; // u16: of the first of a list
    private static final int NUM = 6; // u16: of the first of a list
    private static final int COUNTER = 8; // u64: of the first of a list
    private static final int ID = 16; // u16
    private static final int FLAGS = 18; // u16
    private static final int LEN = 20; // u32
    private static final int ADDR = 24; // u64
    private static final int DESC_LENGTH = 32;

    private static final int ALIGN = 64;
    private static final int NONE = -1;
    private static final int OLD_SHIFT = 16;
    private static final int WRAP_SHIFT = 32;
    private static final int OLD_WRAP_SHIFT = 40;
    private static final int RING_DESC_LENGTH = 16;
    private static final int RING_ID = 12; // u16

    private final GuestMemory memory;
    private final long at;
    private final int descNum;
    private final ByteBuffer desc = ByteBuffer.allocateDirect(DESC_LENGTH).order(ByteOrder.LITTLE_ENDIAN);

    /** For each entry the one behind it, in its list or among the free ones; {@link #descNum} behind the last free one. */
    private final int[] next;
    /** For each buffer ID the first entry of its list, {@link #NONE} if it is not taken. */
    private final int[] firstOf;

    private final int[] lastOf;
    private int freeHead;
    private long counter;
    /** The place of the next use, and the one while a list is given back. */
    private int used;

    private int nextUsed;
    /** The list that is being taken. */
    private int first;

    private int last;
    private int afterLast;
    private int count;

    /**
     * What a ring's last life has left.
     *
     * @param used the place of the next use
     * @param lists descriptors of what was taken and not given back, in the order in which that was
     */
    record Left(int used, List<byte[]> lists) {}

    /** A list that was taken. */
    private static final class Taken {
        private final int[] entries;
        private final long counter;

        Taken(int[] entries, long counter) {
            this.entries = entries;
            this.counter = counter;
        }

        long counter() {
            return counter;
        }
    }

    /**
     * @param at where the region is in the buffer
     * @param descNum most descriptors of the ring
     */
    PackedInflightRegion(GuestMemory memory, long at, int descNum) {
        this.memory = memory;
        this.at = at;
        this.descNum = descNum;
        next = new int[descNum];
        firstOf = new int[descNum];
        lastOf = new int[descNum];
    }

    /** Bytes of a region, from one to the next. */
    static long length(int descNum) {
        return (DESC_AT + (long) DESC_LENGTH * descNum + ALIGN - 1) & -ALIGN;
    }

    @Override
    public boolean fits(int size) {
        return size <= descNum;
    }

    /** The region says nothing of any ring, until it begins. */
    void invalidate() throws GuestMemoryException {
        store16(VERSION_AT, 0);
    }

    /** Nothing is taken, and the next use is at this place. A region that is at that place already says so all the time. */
    void begin(int place) throws GuestMemoryException {
        boolean isThere = load16(VERSION_AT) != 0 && load16(DESC_NUM_AT) == descNum;
        if (!isThere || load64(PLACES_AT) != places(place, place)) {
            invalidate();
            store16(DESC_NUM_AT, descNum);
            storePlaces(place, place);
        }
        store16(VERSION_AT, NOTHING_TAKEN);
        for (int i = 0; i < descNum; i++) {
            next[i] = i + 1;
            store16(desc(i) + NEXT, next[i]);
            store16(desc(i) + INFLIGHT, 0);
        }
        Arrays.fill(firstOf, NONE);
        freeHead = 0;
        counter = 0;
        used = place;
        store16(FREE_HEAD_AT, 0);
        store16(OLD_FREE_HEAD_AT, 0);
        store16(VERSION_AT, VERSION);
    }

    /** The same, but these lists are taken. */
    void begin(int place, List<byte[]> lists) throws GuestMemoryException {
        begin(place);
        invalidate();
        for (byte[] list : lists) {
            ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
            int id = 0;
            for (int i = 0; i < list.length / RING_DESC_LENGTH; i++) {
                long address = in.getLong();
                int length = in.getInt();
                id = Short.toUnsignedInt(in.getShort());
                descriptor(i, address, length, id, Short.toUnsignedInt(in.getShort()));
            }
            taken(id);
        }
        store16(VERSION_AT, VERSION);
    }

    private static long offset(int place) {
        return place & ~PackedLife.BEGIN;
    }

    private static long wrap(int place) {
        return place / PackedLife.BEGIN;
    }

    private static long places(int now, int old) {
        return offset(now) | offset(old) << OLD_SHIFT | wrap(now) << WRAP_SHIFT | wrap(old) << OLD_WRAP_SHIFT;
    }

    /** Both at once, in one aligned write of eight bytes. */
    private void storePlaces(int now, int old) throws GuestMemoryException {
        desc.clear().limit(Long.BYTES);
        desc.putLong(0, places(now, old));
        memory.write(at + PLACES_AT, desc);
    }

    private static int place(long offset, long wrap) {
        return (int) (offset & 0xffff) | ((wrap & 0xff) == 0 ? 0 : PackedLife.BEGIN);
    }

    /** Looks at the ring of which it is a record. */
    interface Ring {
        /** Whether it has an available descriptor, of the round that the place belongs to. */
        boolean isAvailable(int place) throws GuestMemoryException;
    }

    /**
     * What the ring's last life has left. The region goes on from there.
     *
     * @param size descriptors of the ring
     * @return null if the region says nothing of such a ring; nothing has changed
     */
    @Nullable
    Left recover(int size, Ring ring) throws GuestMemoryException {
        int version = load16(VERSION_AT);
        if ((version != VERSION && version != NOTHING_TAKEN) || load16(DESC_NUM_AT) != descNum) {
            return null;
        }
        long places = load64(PLACES_AT);
        int now = place(places, places >>> WRAP_SHIFT);
        int old = place(places >>> OLD_SHIFT, places >>> OLD_WRAP_SHIFT);
        int free = load16(OLD_FREE_HEAD_AT);
        if (!PackedLife.isPlace(now, size) || !PackedLife.isPlace(old, size)) {
            return null;
        }
        if (version == NOTHING_TAKEN) {
            begin(now);
            return new Left(now, List.of());
        }
        if (now != old && !ring.isAvailable(old)) {
            free = load16(FREE_HEAD_AT); // the driver has it, so it was given back
            old = now;
        }
        List<byte[]> lists = adopt(free, size);
        if (lists == null) {
            return null;
        }
        used = old;
        for (int entry = free; entry < descNum; entry = next[entry]) {
            store16(desc(entry) + INFLIGHT, 0); // it may be within a list next
        }
        store16(FREE_HEAD_AT, free);
        store16(OLD_FREE_HEAD_AT, free);
        storePlaces(old, old);
        return new Left(old, lists);
    }

    /** Reads the lists that are taken, in order, and what is free; null if the region is damaged. */
    private @Nullable List<byte[]> adopt(int free, int size) throws GuestMemoryException {
        boolean[] seen = new boolean[descNum];
        int[] nextFree = new int[descNum];
        for (int entry = free; entry < descNum; entry = nextFree[entry]) {
            if (seen[entry]) {
                return null;
            }
            seen[entry] = true;
            nextFree[entry] = Math.min(load16(desc(entry) + NEXT), descNum);
        }
        List<Taken> taken = new ArrayList<>();
        for (int entry = 0; entry < descNum; entry++) {
            if (!seen[entry] && (load16(desc(entry) + INFLIGHT) & 0xff) != 0) {
                int length = load16(desc(entry) + NUM);
                if (length < 1 || length > size) {
                    return null;
                }
                taken.add(new Taken(entries(entry, length), load64(desc(entry) + COUNTER)));
            }
        }
        taken.sort(Comparator.comparingLong(Taken::counter));
        List<byte[]> lists = new ArrayList<>();
        int[] ids = new int[taken.size()];
        for (int i = 0; i < ids.length; i++) {
            for (int entry : taken.get(i).entries) {
                if (entry >= descNum || seen[entry]) {
                    return null;
                }
                seen[entry] = true;
            }
            byte[] list = list(taken.get(i).entries);
            lists.add(list);
            ids[i] = id(list);
        }
        if (Arrays.stream(ids).anyMatch(id -> id >= size)
                || Arrays.stream(ids).distinct().count() != ids.length
                || PackedLife.descriptors(lists) > size
                || !allOf(seen)) {
            return null;
        }
        adopt(free, nextFree, taken, ids);
        return lists;
    }

    /** An entry that is neither free nor in a list would be missing later. */
    private static boolean allOf(boolean[] seen) {
        for (boolean each : seen) {
            if (!each) {
                return false;
            }
        }
        return true;
    }

    private void adopt(int free, int[] nextFree, List<Taken> taken, int[] ids) {
        System.arraycopy(nextFree, 0, next, 0, descNum);
        Arrays.fill(firstOf, NONE);
        freeHead = free;
        counter = 0;
        for (int i = 0; i < ids.length; i++) {
            int[] entries = taken.get(i).entries;
            firstOf[ids[i]] = entries[0];
            lastOf[ids[i]] = entries[entries.length - 1];
            for (int j = 1; j < entries.length; j++) {
                next[entries[j - 1]] = entries[j];
            }
            counter = taken.get(i).counter() + 1;
        }
    }

    private int[] entries(int first, int length) throws GuestMemoryException {
        int[] entries = new int[length];
        entries[0] = first;
        for (int i = 1; i < length; i++) {
            entries[i] = load16(desc(Math.min(entries[i - 1], descNum - 1)) + NEXT);
        }
        return entries;
    }

    private byte[] list(int[] entries) throws GuestMemoryException {
        ByteBuffer bytes =
                ByteBuffer.allocate(entries.length * RING_DESC_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        for (int entry : entries) {
            desc.clear();
            memory.read(at + desc(entry), desc);
            bytes.putLong(desc.getLong(ADDR)).putInt(desc.getInt(LEN));
            bytes.putShort(desc.getShort(ID)).putShort(desc.getShort(FLAGS));
        }
        return bytes.array();
    }

    /** The buffer ID is in the last descriptor. */
    static int id(byte[] list) {
        ByteBuffer in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
        return Short.toUnsignedInt(in.getShort(list.length - RING_DESC_LENGTH + RING_ID));
    }

    @Override
    public void descriptor(int place, long address, int length, int id, int flags) throws GuestMemoryException {
        if (place == 0) {
            first = freeHead;
            afterLast = freeHead;
            count = 0;
        }
        last = afterLast;
        afterLast = next[last];
        count++;
        desc.clear();
        desc.putShort(ID, (short) id)
                .putShort(FLAGS, (short) flags)
                .putInt(LEN, length)
                .putLong(ADDR, address);
        memory.write(at + desc(last) + ID, desc.position(ID));
        if (place == 0) {
            desc.putLong(COUNTER, counter);
            memory.write(at + desc(last) + COUNTER, desc.limit(ID).position(COUNTER));
        }
    }

    @Override
    public void taken(int id) throws GuestMemoryException {
        firstOf[id] = first;
        lastOf[id] = last;
        counter++;
        store16(desc(first) + NUM, count);
        store16(desc(first) + LAST, last);
        store16(desc(first) + INFLIGHT, 1);
        freeHead = afterLast;
        store16(FREE_HEAD_AT, freeHead);
        VarHandle.fullFence(); // with the next it is taken
        store16(OLD_FREE_HEAD_AT, freeHead);
    }

    @Override
    public void givesBack(int id, int place) throws GuestMemoryException {
        int entry = firstOf[id];
        if (entry != NONE) {
            next[lastOf[id]] = freeHead;
            freeHead = entry;
            store16(desc(lastOf[id]) + NEXT, next[lastOf[id]]);
            store16(FREE_HEAD_AT, entry);
        }
        storePlaces(place, used);
        nextUsed = place;
        VarHandle.fullFence(); // before the ring's flags
    }

    @Override
    public void gaveBack(int id) throws GuestMemoryException {
        if (firstOf[id] != NONE) {
            store16(desc(firstOf[id]) + INFLIGHT, 0);
        }
        store16(OLD_FREE_HEAD_AT, freeHead);
        used = nextUsed;
        storePlaces(used, used);
        firstOf[id] = NONE;
    }

    private static int desc(int entry) {
        return DESC_AT + DESC_LENGTH * entry;
    }

    private int load16(int offset) throws GuestMemoryException {
        return Short.toUnsignedInt(memory.loadAcquire16(at + offset));
    }

    private long load64(int offset) throws GuestMemoryException {
        desc.clear().limit(Long.BYTES);
        memory.read(at + offset, desc);
        return desc.getLong(0);
    }

    private void store16(int offset, int value) throws GuestMemoryException {
        memory.storeRelease16(at + offset, (short) value);
    }
}
