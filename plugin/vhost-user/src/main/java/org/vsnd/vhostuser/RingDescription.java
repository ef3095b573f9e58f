// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.ProtocolException;
import org.vsnd.virtio.QueueRegisters;

/** How large a ring is and where, by the front end's own addresses, and whether its used ring is logged. Device thread only. */
final class RingDescription {
    private final QueueRegisters registers;
    private int size;
    private long descUser;
    private long usedUser;
    private long availUser;
    /** The used ring is logged, as if it were at this guest address. */
    private boolean usedLogged;

    private long usedInLog;

    RingDescription(QueueRegisters registers) {
        this.registers = registers;
        size = registers.sizeMax();
    }

    /** Whether a ring can have so many descriptors. */
    boolean isSize(long descriptors) {
        boolean fits = descriptors >= 1 && descriptors <= registers.sizeMax();
        return fits && (registers.isPacked() || Long.bitCount(descriptors) == 1);
    }

    void setSize(int descriptors) {
        size = descriptors;
    }

    int size() {
        return size;
    }

    /** Whether it is there already. */
    boolean isAt(long desc, long used, long avail) {
        return desc == descUser && used == usedUser && avail == availUser;
    }

    void setAddresses(long desc, long used, long avail) {
        descUser = desc;
        usedUser = used;
        availUser = avail;
    }

    void setLog(boolean on, long address) {
        usedLogged = on;
        usedInLog = address;
    }

    /** Makes the queue log what it writes, as described. */
    void log(LoggedMemory memory, VringLife<?> life) {
        int descriptors = registers.size();
        memory.logUsed(registers.usedAddress(), usedLogged ? life.deviceLength(descriptors) : 0, usedInLog);
        boolean descriptorsToo = usedLogged && registers.isPacked();
        memory.logDescriptors(registers.descAddress(), descriptorsToo ? life.descLength(descriptors) : 0);
    }

    /** Tells the queue, which is reset. */
    void describe(UserAddresses users, VringLife<?> life) throws ProtocolException {
        registers.reset();
        registers.setSize(size);
        if (registers.size() != size) { // it was told when the driver had other features
            throw new ProtocolException(
                    "ring " + registers.queue().index() + " cannot have " + size + " descriptors", Errno.EINVAL);
        }
        registers.setDescAddress(users.toGuest(descUser, life.descLength(size)));
        registers.setAvailAddress(users.toGuest(availUser, life.driverLength(size)));
        registers.setUsedAddress(users.toGuest(usedUser, life.deviceLength(size)));
    }

    /** Whether the queue has been told just this. */
    boolean isAsTold(UserAddresses users, VringLife<?> life) throws ProtocolException {
        return size == registers.size()
                && users.toGuest(descUser, life.descLength(size)) == registers.descAddress()
                && users.toGuest(availUser, life.driverLength(size)) == registers.availAddress()
                && users.toGuest(usedUser, life.deviceLength(size)) == registers.usedAddress();
    }

    /** As before any front end. */
    void reset() {
        size = registers.sizeMax();
        setAddresses(0, 0, 0);
        usedLogged = false;
    }
}
