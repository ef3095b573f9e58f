// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.ProtocolException;

/**
 * Where the guest's memory is in the front end's own address space: rings are given by such addresses. Device thread only.
 */
final class UserAddresses {
    /**
     * A region of memory.
     *
     * @param user its address in the front end, unsigned
     * @param guest its guest-physical address, unsigned
     * @param size bytes, unsigned
     */
    record Region(long user, long guest, long size) {
        boolean holds(long address, long length) {
            long offset = address - user;
            return Long.compareUnsigned(offset, size) < 0 && Long.compareUnsigned(length, size - offset) <= 0;
        }
    }

    private final List<Region> regions = new ArrayList<>();

    void add(Region region) {
        regions.add(region);
    }

    /** Removes a region that is equal to this one; returns whether there was one. */
    boolean remove(Region region) {
        return regions.remove(region);
    }

    void clear() {
        regions.clear();
    }

    /**
     * The guest-physical address of what the front end has at an address.
     *
     * @param length bytes there, at least 1
     * @throws ProtocolException if they are not all in one region
     */
    long toGuest(long user, long length) throws ProtocolException {
        for (Region region : regions) {
            if (region.holds(user, length)) {
                return region.guest() + (user - region.user());
            }
        }
        throw new ProtocolException(
                String.format("a ring at 0x%x, %d bytes, is not in the memory that it announced", user, length),
                Errno.EINVAL);
    }
}
