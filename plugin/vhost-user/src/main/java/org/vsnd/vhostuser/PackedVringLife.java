// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.PackedLife;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtqueueException;

/**
 * Lives of a packed ring: a base is the place of the next list to take in bits 0 to 15, and that of the next use in bits 16 to 31.
 * The ring itself says neither.
 */
final class PackedVringLife extends VringLife<PackedInflightRegion> {
    private static final int U16 = 0xffff;
    private static final int DESC_LENGTH = 16;
    /** An event suppression structure. */
    private static final int AREA_LENGTH = 4;

    private static final int FIRST = base(PackedLife.BEGIN, PackedLife.BEGIN);

    private final PackedLife life;
    /** The record is of this ring, whatever the ring looks like: the connection is the one of the process before. */
    private boolean recordIsSure;
    /** The record has nothing of what the paused queue holds, since the ring has it. It is not read again: others can write it. */
    private boolean isHeldInRing;

    /**
     * Where a life begins.
     *
     * @param avail the place of the next list to take
     * @param used the place of the next use
     * @param held lists that are taken before
     */
    private record Beginning(int avail, int used, List<byte[]> held) {}

    PackedVringLife(QueueRegisters registers, PackedInflightRegion own) {
        super(registers, own);
        life = registers.packed();
    }

    /** At once: a process that is killed later must not leave a record that is not of this ring. */
    @Override
    void outdated() {
        try {
            record().invalidate();
        } catch (GuestMemoryException e) {
            // the front end has taken its buffer away
        }
    }

    @Override
    void track(PackedInflightRegion by) {
        registers.packed().track(by);
    }

    private static int base(int avail, int used) {
        return avail | used << 16;
    }

    @Override
    boolean isBase(long num) {
        return num >= 0 && num <= 0xffff_ffffL;
    }

    /** rust-vmm, for one, has bases of 16 bits. */
    @Override
    int base(long num, int last) {
        return num == (last & U16) ? last : (int) num;
    }

    @Override
    int first() {
        return FIRST;
    }

    @Override
    long descLength(int size) {
        return (long) size * DESC_LENGTH;
    }

    @Override
    long driverLength(int size) {
        return AREA_LENGTH;
    }

    @Override
    long deviceLength(int size) {
        return AREA_LENGTH;
    }

    @Override
    void resume(int base) throws VirtqueueException, GuestMemoryException {
        Beginning beginning = beginning(base);
        recordIsSure = false;
        life.resume(beginning.avail(), beginning.used(), beginning.held());
    }

    /** By the record, if it is of this ring, and otherwise by the base: then the record begins there. */
    private Beginning beginning(int said) throws GuestMemoryException {
        int size = registers.size();
        // libkrun, for one, knows nothing of wrap counters. When the first round has ended, the ring shows it.
        int base = said == 0 && !life.showsUse() ? FIRST : said;
        PackedInflightRegion.Left left = takeOld() ? null : record().recover(size, life::isAvailable);
        if (left != null) {
            int avail = avail(left);
            if (recordIsSure || base == base(avail, left.used()) || isOfThisRing(left)) {
                return new Beginning(avail, left.used(), left.lists());
            }
        }
        int avail = base & U16;
        int used = base >>> 16;
        if (used == 0 || PackedLife.ahead(avail, used, size) > size) {
            used = avail; // some say nothing of it: back ends that stop when nothing is held, and front ends with 16
            // bits
        }
        record().begin(used);
        return new Beginning(avail, used, List.of());
    }

    /** Where the next list comes from, after those. */
    private int avail(PackedInflightRegion.Left left) {
        return PackedLife.after(left.used(), PackedLife.descriptors(left.lists()), registers.size());
    }

    /** A driver fills its ring with zeros when it begins anew. What is held has its first descriptor in the ring until then. */
    private boolean isOfThisRing(PackedInflightRegion.Left left) throws GuestMemoryException {
        return (left.lists().isEmpty() || life.isAvailable(left.used()))
                && (life.showsUse() || (left.used() == PackedLife.BEGIN && life.has(left.used(), left.lists())));
    }

    @Override
    boolean goesOn(int base) throws GuestMemoryException {
        Beginning beginning = beginning(base);
        isHeldInRing = beginning.held().isEmpty();
        return life.goesOn(beginning.avail(), beginning.used(), beginning.held());
    }

    @Override
    void proceed() throws VirtqueueException, GuestMemoryException {
        if (isHeldInRing) {
            life.tellHeld(); // as the last life has said, they were to be taken again
        }
        recordIsSure = false;
        registers.proceed();
    }

    @Override
    int left(int base) {
        recordIsSure = true;
        PackedInflightRegion.Left left = recordedLeft();
        return left == null ? base : base(avail(left), left.used());
    }

    @Override
    boolean hasLived(int base) throws GuestMemoryException {
        Beginning beginning = beginning(base);
        return base(beginning.avail(), beginning.used()) != FIRST;
    }

    /** No place says that there was no use: a ring comes back to where it began. */
    @Override
    boolean mayOweInterrupt() {
        return true;
    }

    @Override
    int end() throws GuestMemoryException {
        if (!heldInOrder()) {
            return base(life.availPlace(), life.usedPlace());
        }
        record().begin(life.usedPlace());
        return base(life.usedPlace(), life.usedPlace());
    }

    private boolean heldInOrder() {
        try {
            return life.heldInOrder();
        } catch (GuestMemoryException e) {
            return false; // the memory is gone, and the life with it
        }
    }

    /** The lists that cannot be read from the ring. */
    @Override
    void saveHeld(SnapshotWriter out) {
        List<byte[]> lists = recordedLists();
        out.u16(lists.size());
        for (byte[] list : lists) {
            out.u16(list.length / DESC_LENGTH);
            for (byte each : list) {
                out.u8(each);
            }
        }
    }

    private List<byte[]> recordedLists() {
        if (!registers.enabled()) {
            return List.of();
        }
        PackedInflightRegion.Left left = recordedLeft();
        return left == null ? List.of() : left.lists();
    }

    private PackedInflightRegion.@Nullable Left recordedLeft() {
        int size = registers.size();
        try {
            return record().fits(size) ? record().recover(size, life::isAvailable) : null;
        } catch (GuestMemoryException e) {
            return null; // the memory is gone, and the life with it
        }
    }

    @Override
    Runnable loadHeld(SnapshotReader in) throws SnapshotException {
        List<byte[]> lists = new ArrayList<>();
        int size = registers.sizeMax();
        int count = in.count("lists of a packed ring", size, Short.BYTES);
        for (int i = 0; i < count; i++) {
            int length = in.count("descriptors of a list", size, DESC_LENGTH);
            in.require(length > 0 && PackedLife.descriptors(lists) + length <= size, "a ring has too many descriptors");
            byte[] list = new byte[length * DESC_LENGTH];
            for (int j = 0; j < list.length; j++) {
                list[j] = (byte) in.u8("a descriptor", 0xff);
            }
            in.require(PackedInflightRegion.id(list) < size, "a buffer ID is out of range");
            lists.add(list);
        }
        return () -> restore(lists);
    }

    private void restore(List<byte[]> lists) {
        if (!registers.enabled() || isFrontEnds() || !record().fits(registers.size())) {
            return;
        }
        PackedInflightRegion.Left left = takeOld() ? null : recordedLeft();
        if (left != null && left.used() == life.usedPlace() && areSame(left.lists(), lists)) {
            return; // a process that is killed meanwhile must not leave less
        }
        try {
            record().begin(life.usedPlace(), lists);
        } catch (GuestMemoryException e) {
            throw new IllegalStateException("the record of what a ring holds is not there", e);
        }
    }

    private static boolean areSame(List<byte[]> some, List<byte[]> others) {
        return Arrays.deepEquals(some.toArray(), others.toArray());
    }
}
