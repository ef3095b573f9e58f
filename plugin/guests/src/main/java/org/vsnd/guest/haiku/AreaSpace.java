// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.GuestAllocator;
import org.vsnd.guest.driver.GuestRam;

/**
 * The kernel's areas, put one behind the other with a page between them, and from the beginning again when memory ends; or
 * as a kernel does it. Deleted ones are filled with a pattern that is looked at before their memory is used again.
 */
final class AreaSpace {
    static final int PAGE_BYTES = 4096;
    private static final long FIRST_AREA = 0x100_0000; // from the start of the highest piece of memory

    private final GuestRam ram;
    private final long start;
    private final long end;
    private final AreaPlaces places;
    private final TreeMap<Long, Area> live = new TreeMap<>();
    private final BitSet liveIds = new BitSet();
    private final TreeMap<Long, Area> deleted = new TreeMap<>();
    private byte[] poison = {};
    private long next;
    private int lastId;

    AreaSpace(GuestRam ram, boolean asKernel) {
        this.ram = ram;
        start = ram.highestBase() + FIRST_AREA;
        end = ram.highestBase() + ram.highestLength();
        next = start;
        places = asKernel ? new KernelPlaces(start, end) : new OneAfterTheOther();
    }

    /** Takes whole pages, filled with zeros. */
    Area create(String name, int bytes) {
        int rounded = (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
        Area area = new Area(++lastId, name, places.take(rounded), rounded);
        Map.Entry<Long, Area> old = deleted.lowerEntry(area.end());
        while (old != null && old.getValue().end() > area.address()) {
            check(old.getValue());
            deleted.remove(old.getKey());
            old = deleted.lowerEntry(area.end());
        }
        ram.fill(area.address(), rounded, 0);
        live.put(area.address(), area);
        liveIds.set(area.id());
        return area;
    }

    private final class OneAfterTheOther implements AreaPlaces {
        @Override
        public long take(int bytes) {
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
                    next = address + bytes + PAGE_BYTES;
                    return address;
                }
                address = below.getValue().end() + PAGE_BYTES;
            }
        }

        @Override
        public void give(long address, int bytes) {
            // what is live says it all
        }
    }

    /** The area in which an address lies, if there is one. */
    @Nullable
    Area at(long address) {
        Map.Entry<Long, Area> below = live.floorEntry(address);
        return below != null && below.getValue().end() > address ? below.getValue() : null;
    }

    boolean isLive(Area area) {
        return liveIds.get(area.id());
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
        liveIds.clear(area.id());
        places.give(area.address(), area.bytes());
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
        byte[] poison = poison(area.bytes());
        int at = Arrays.mismatch(bytes, 0, bytes.length, poison, 0, bytes.length);
        if (at >= 0) {
            throw new DeviceFaultException(
                    String.format("somebody wrote to 0x%x, in a deleted area: %s", area.address() + at, area.name()));
        }
    }

    private byte[] poison(int bytes) {
        if (poison.length < bytes) {
            poison = new byte[bytes];
            Arrays.fill(poison, (byte) GuestAllocator.POISON);
        }
        return poison;
    }
}
