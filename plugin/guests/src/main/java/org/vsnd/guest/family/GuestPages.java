// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.GuestAllocator;

/**
 * A driver's memory, in pages. What is freed is withdrawn from the device, filled with a pattern and kept for long, so that
 * whoever writes there afterwards is found. One thread.
 */
public final class GuestPages {
    /** Bytes of a page. */
    public static final int PAGE = 4096;

    private static final long KEPT_BYTES = 8 << 20;

    private record Piece(long address, int length) {}

    private final Bus bus;
    private final GuestAllocator memory;
    private final Map<Long, Integer> taken = new LinkedHashMap<>(); // bytes by address
    private final Deque<Piece> freed = new ArrayDeque<>();
    private long freedBytes;
    private long writtenAfterFree;

    /** All of the machine's memory above 1 MiB. */
    public GuestPages(Bus bus) {
        this.bus = bus;
        memory = GuestAllocator.above1Mib(bus.ram());
    }

    /** For rings. */
    public GuestAllocator allocator() {
        return memory;
    }

    /** Takes whole pages, filled with zeros. */
    public long take(int length) {
        int bytes = Math.max(1, (length + PAGE - 1) / PAGE) * PAGE;
        long address = memory.allocate(bytes, PAGE);
        taken.put(address, bytes);
        return address;
    }

    /** Gives pages back, whether or not the device still has them: from now on it must not touch them. */
    public void free(long address) {
        Integer bytes = taken.remove(address);
        if (bytes == null) {
            throw new IllegalArgumentException(String.format("0x%x was not taken", address));
        }
        bus.guard().withdraw(address, bytes);
        bus.ram().fill(address, bytes, GuestAllocator.POISON);
        freed.add(new Piece(address, bytes));
        freedBytes += bytes;
        while (freedBytes > KEPT_BYTES) {
            look(freed.remove());
        }
    }

    /** Gives everything back, as a reset of the machine does. */
    public void freeAll() {
        for (long address : taken.keySet().toArray(Long[]::new)) {
            free(address);
        }
    }

    private void look(Piece piece) {
        for (int at = 0; at < piece.length; at += PAGE) {
            if (!memory.freedMemoryIsUntouched(piece.address + at, PAGE)) {
                writtenAfterFree++;
            }
        }
        freedBytes -= piece.length;
        memory.free(piece.address);
    }

    /** Pages that somebody wrote to after they were freed, so far. */
    public long writtenAfterFree() {
        while (!freed.isEmpty()) {
            look(freed.remove());
        }
        return writtenAfterFree;
    }
}
