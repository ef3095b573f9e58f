// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.haiku;

import java.util.HashMap;
import java.util.Map;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/** What the accesses to a trace's card have said of it: where its structures are, and what its guest put into them. */
final class TraceCard {
    private static final int ENTRY_BYTES = 16;
    private static final int ENTRY_DATA = 8;

    /** A queue's three parts, in guest-physical memory. */
    record Ring(int size, long desc, long avail, long used) {}

    private record Place(int bar, long offset) {}

    private final Map<Integer, Integer> capabilityIds = new HashMap<>();
    private final Map<Integer, Integer> dwords = new HashMap<>();
    private final Map<Place, Long> written = new HashMap<>();
    private final Map<Integer, Ring> rings = new HashMap<>();
    private int queueSize;

    void configRead(int offset, int size, int value) {
        if (size == 1) {
            capabilityIds.put(offset, value);
        } else if (size == 4) {
            dwords.put(offset, value);
        }
    }

    private int dword(int offset) {
        return dwords.getOrDefault(offset, 0);
    }

    private Place structure(int type) {
        for (Map.Entry<Integer, Integer> dword : dwords.entrySet()) {
            int at = dword.getKey();
            if (dword.getValue() >>> 24 == type && (dword.getValue() & 0xff) == PciCapability.VENDOR && at >= 0x40) {
                return new Place(dword(at + 4) & 0xff, dword(at + 8));
            }
        }
        throw new IllegalStateException("the trace's guest has not looked for structure " + type);
    }

    private Place common(int offset) {
        Place common = structure(1);
        return new Place(common.bar, common.offset + offset);
    }

    boolean isIsr(int bar, long offset) {
        return new Place(bar, offset).equals(structure(3));
    }

    void barRead(int bar, long offset, long value) {
        if (new Place(bar, offset).equals(common(VirtioPciCommonCfg.QUEUE_SIZE))) {
            queueSize = (int) value;
        }
    }

    void barWritten(int bar, long offset, long value) {
        Place place = new Place(bar, offset);
        written.put(place, value);
        if (place.equals(common(VirtioPciCommonCfg.QUEUE_ENABLE))) {
            rings.put(
                    (int) commonWritten(VirtioPciCommonCfg.QUEUE_SELECT),
                    new Ring(
                            queueSize,
                            commonWritten(VirtioPciCommonCfg.QUEUE_DESC),
                            commonWritten(VirtioPciCommonCfg.QUEUE_DRIVER),
                            commonWritten(VirtioPciCommonCfg.QUEUE_DEVICE)));
        }
    }

    private long commonWritten(int offset) {
        return written.getOrDefault(common(offset), 0L);
    }

    Ring ring(int queue) {
        return rings.get(queue);
    }

    /** What a vector's table entry holds as data. */
    int messageData(int vector) {
        int capability = capabilityIds.entrySet().stream()
                .filter(id -> id.getValue() == PciCapability.MSIX && dwords.containsKey(id.getKey() + 4))
                .findFirst()
                .orElseThrow()
                .getKey();
        int table = dword(capability + 4);
        long entry = (table & ~7) + (long) ENTRY_BYTES * vector;
        return written.getOrDefault(new Place(table & 7, entry + ENTRY_DATA), 0L)
                .intValue();
    }
}
