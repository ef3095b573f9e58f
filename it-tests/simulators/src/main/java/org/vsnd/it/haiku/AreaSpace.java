package org.vsnd.it.haiku;

import java.util.Map;
import java.util.TreeMap;
import org.vsnd.it.driver.DeviceFaultException;
import org.vsnd.it.driver.GuestAllocator;
import org.vsnd.it.driver.GuestRam;

/**
 * Where areas are put: each behind the one before with a page between them, from the beginning again when memory ends.
 * Deleted ones are filled with a pattern that is looked at before their memory is used again.
 */
final class AreaSpace {
    static final int PAGE_BYTES = 4096;
    private static final long FIRST_AREA = 0x100_0000; // from the start of the highest piece of memory

    private final GuestRam ram;
    private final long start;
    private final long end;
    private final TreeMap<Long, Area> live = new TreeMap<>();
    private final TreeMap<Long, Area> deleted = new TreeMap<>();
    private long next;
    private int lastId;

    AreaSpace(GuestRam ram) {
        this.ram = ram;
        start = ram.highestBase() + FIRST_AREA;
        end = ram.highestBase() + ram.highestLength();
        next = start;
    }

    /** Takes whole pages, filled with zeros. */
    Area create(String name, int bytes) {
        int rounded = (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
        Area area = new Area(++lastId, name, place(rounded), rounded);
        Map.Entry<Long, Area> old = deleted.lowerEntry(area.end());
        while (old != null && old.getValue().end() > area.address()) {
            check(old.getValue());
            deleted.remove(old.getKey());
            old = deleted.lowerEntry(area.end());
        }
        ram.fill(area.address(), rounded, 0);
        live.put(area.address(), area);
        next = area.end() + PAGE_BYTES;
        return area;
    }

    private long place(int bytes) {
        long address = next;
        boolean wrapped = false;
        while (true) {
            if (address + bytes > end) {
                if (wrapped) {
                    throw new IllegalStateException("the guest's memory is used up");
                }
                wrapped = true;
                address = start;
            }
            Map.Entry<Long, Area> below = live.lowerEntry(address + bytes + PAGE_BYTES);
            if (below == null || below.getValue().end() + PAGE_BYTES <= address) {
                return address;
            }
            address = below.getValue().end() + PAGE_BYTES;
        }
    }

    /**
     * Gives an area back.
     *
     * @return false if it was given back before
     */
    boolean delete(Area area) {
        if (!live.remove(area.address(), area)) {
            return false;
        }
        ram.fill(area.address(), area.bytes(), GuestAllocator.POISON);
        deleted.put(area.address(), area);
        return true;
    }

    /** No longer looks after a deleted area: the guest itself goes on using it. */
    void abandon(Area area) {
        deleted.remove(area.address(), area);
    }

    /** Areas not given back. */
    int liveCount() {
        return live.size();
    }

    /** Fails if anybody has written to memory that was given back. */
    void checkDeleted() {
        deleted.values().forEach(this::check);
    }

    private void check(Area area) {
        byte[] bytes = ram.read(area.address(), area.bytes());
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] & 0xff) != GuestAllocator.POISON) {
                throw new DeviceFaultException(String.format(
                        "somebody wrote to 0x%x, in a deleted area: %s", area.address() + i, area.name()));
            }
        }
    }
}
