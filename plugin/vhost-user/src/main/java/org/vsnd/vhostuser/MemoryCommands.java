// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.server.AnnouncedMemory;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.spi.CardBudget;

/** SET_MEM_TABLE, GET_MAX_MEM_SLOTS, ADD_MEM_REG and REM_MEM_REG. Device thread only. */
final class MemoryCommands {
    /** Most regions of SET_MEM_TABLE. */
    static final int MOST_REGIONS = 8;

    private static final int REGIONS_AT = 8; // after u32 number and u32 padding; ADD_MEM_REG has u64 padding
    private static final int GUEST_ADDRESS = 0; // u64
    private static final int REGION_SIZE = 8; // u64
    private static final int USER_ADDRESS = 16; // u64
    private static final int MMAP_OFFSET = 24; // u64
    private static final int REGION_LENGTH = 32;

    /** Bytes of a table without regions. */
    static final int TABLE_LENGTH = REGIONS_AT;

    static final int TABLE_MOST_LENGTH = REGIONS_AT + MOST_REGIONS * REGION_LENGTH;

    private final AnnouncedMemory memory;
    private final UserAddresses users;
    private final long mostRanges;

    MemoryCommands(AnnouncedMemory memory, UserAddresses users, CardBudget budget) {
        this.memory = memory;
        this.users = users;
        mostRanges = budget.most(CardBudget.Limit.DMA_RANGES);
    }

    /** Most regions that ADD_MEM_REG can make. */
    long maxMemSlots() {
        return mostRanges;
    }

    /** Replaces all regions. */
    void setTable(Message message) throws ProtocolException {
        int count = message.u32(0);
        if (count != message.fds().count() || message.payloadLength() != REGIONS_AT + count * REGION_LENGTH) {
            throw new ProtocolException(
                    "its memory table has " + count + " regions, " + message.payloadLength() + " bytes and "
                            + message.fds().count() + " file descriptors",
                    Errno.EINVAL);
        }
        memory.removeAll();
        users.clear();
        for (int i = 0; i < count; i++) {
            add(message, REGIONS_AT + i * REGION_LENGTH, message.fds().get(i));
        }
    }

    /** Adds one region. */
    void add(Message message) throws ProtocolException {
        add(message, REGIONS_AT, message.fds().get(0));
    }

    private void add(Message message, int at, int fd) throws ProtocolException {
        UserAddresses.Region region = region(message, at);
        int errno = memory.refusal(region.guest(), region.size());
        if (errno != 0) {
            throw new ProtocolException(
                    String.format(
                            "its memory at 0x%x, 0x%x bytes, is not possible: error %d",
                            region.guest(), region.size(), errno),
                    errno);
        }
        try {
            memory.add(region.guest(), region.size(), true, true, fd, message.u64(at + MMAP_OFFSET));
        } catch (ErrnoException e) {
            throw new ProtocolException(
                    String.format(
                            "its memory file for 0x%x, 0x%x bytes, cannot be used: %s",
                            region.guest(), region.size(), e.getMessage()),
                    e.errno());
        }
        users.add(region);
    }

    /** Removes one region. */
    void remove(Message message) throws ProtocolException {
        UserAddresses.Region region = region(message, REGIONS_AT);
        if (!users.remove(region)) {
            throw new ProtocolException(
                    String.format("it removes memory that it has not announced at 0x%x", region.guest()), Errno.ENOENT);
        }
        memory.remove(region.guest(), region.size());
    }

    /** The payload of an ADD_MEM_REG for one of the regions of a table. */
    static byte[] regionOfTable(ByteBuffer table, int index) {
        byte[] region = new byte[REGIONS_AT + REGION_LENGTH];
        table.get(REGIONS_AT + index * REGION_LENGTH, region, REGIONS_AT, REGION_LENGTH);
        return region;
    }

    /** The guest-physical address in the payload of an ADD_MEM_REG or REM_MEM_REG. */
    static long guestAddress(ByteBuffer region) {
        return region.getLong(REGIONS_AT + GUEST_ADDRESS);
    }

    private static UserAddresses.Region region(Message message, int at) {
        return new UserAddresses.Region(
                message.u64(at + USER_ADDRESS), message.u64(at + GUEST_ADDRESS), message.u64(at + REGION_SIZE));
    }
}
