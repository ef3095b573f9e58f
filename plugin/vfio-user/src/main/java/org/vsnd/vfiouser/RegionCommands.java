// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.Message;
import org.vsnd.server.NotifyWatch;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/**
 * The commands about the function's regions: 0 to 5 are the BARs, 7 is configuration space. An access outside them
 * reads zero and writes nothing, because some clients never expect an error. Device thread only; accesses allocate nothing.
 */
final class RegionCommands {
    static final int NUM_REGIONS = 9;
    static final int CONFIG_REGION = 7;
    private static final int CONFIG_SIZE = 4096;

    private static final int INFO_LENGTH = 16;
    private static final int REGION_INFO_LENGTH = 32;
    private static final int REGION_READABLE = 1;
    private static final int REGION_WRITABLE = 2;

    private static final int ACCESS_OFFSET = 0; // le64
    private static final int ACCESS_REGION = 8; // le32
    private static final int ACCESS_COUNT = 12; // le32
    private static final int ACCESS_LENGTH = 16;

    private static final int MULTI_LENGTH = 8;
    private static final int MULTI_ENTRY_LENGTH = 24;

    private final PciFunction function;
    private final PciLayout layout;
    private final StoppableThread thread;
    private final NotifyWatch notifyWatch;
    private final RateLimitedLog log;
    private final long[] sizes = new long[NUM_REGIONS];
    private final RepeatedNotifications repeated = new RepeatedNotifications();

    RegionCommands(
            PciFunction function,
            PciLayout layout,
            StoppableThread thread,
            NotifyWatch notifyWatch,
            RateLimitedLog log) {
        this.function = function;
        this.layout = layout;
        this.thread = thread;
        this.notifyWatch = notifyWatch;
        this.log = log;
        for (Bar bar : function.bars()) {
            sizes[bar.index()] = bar.size();
        }
        sizes[CONFIG_REGION] = CONFIG_SIZE;
    }

    /** DEVICE_GET_REGION_INFO. */
    void info(Message message, Reply reply) {
        int index = message.payloadLength() < REGION_INFO_LENGTH ? -1 : message.u32(8);
        if (index < 0 || index >= NUM_REGIONS) {
            reply.error(Errno.EINVAL);
            return;
        }
        long size = sizes[index];
        reply.payload(REGION_INFO_LENGTH);
        reply.u32(0, REGION_INFO_LENGTH)
                .u32(4, size == 0 ? 0 : REGION_READABLE | REGION_WRITABLE)
                .u32(8, index)
                .u64(16, size);
    }

    /** DEVICE_GET_REGION_IO_FDS: no region offers descriptors for its notifications, as no client asks for them. */
    static void ioFds(Message message, Reply reply) {
        if (message.payloadLength() < INFO_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        int index = message.u32(8);
        reply.payload(INFO_LENGTH);
        reply.u32(0, INFO_LENGTH).u32(8, index);
    }

    /** REGION_READ. */
    void read(Message message, Reply reply) {
        int count = message.payloadLength() < ACCESS_LENGTH ? -1 : message.u32(ACCESS_COUNT);
        if (count < 0 || count > Header.MAX_DATA_XFER_SIZE) {
            reply.error(Errno.EINVAL);
            return;
        }
        reply.payload(ACCESS_LENGTH + count);
        echoAccess(message, reply, count);
        read(message.u32(ACCESS_REGION), message.u64(ACCESS_OFFSET), count, reply, ACCESS_LENGTH);
    }

    /** REGION_WRITE. */
    void write(Message message, Reply reply) {
        int length = message.payloadLength();
        int count = length < ACCESS_LENGTH ? -1 : message.u32(ACCESS_COUNT);
        if (count < 0 || count != length - ACCESS_LENGTH) {
            log.warn(() -> "REGION_WRITE whose length and count do not agree");
            reply.error(Errno.EINVAL);
            return;
        }
        write(message.u32(ACCESS_REGION), message.u64(ACCESS_OFFSET), count, message, ACCESS_LENGTH);
        notifyAgain();
        reply.payload(ACCESS_LENGTH);
        echoAccess(message, reply, count);
    }

    private static void echoAccess(Message message, Reply reply, int count) {
        reply.u64(ACCESS_OFFSET, message.u64(ACCESS_OFFSET))
                .u32(ACCESS_REGION, message.u32(ACCESS_REGION))
                .u32(ACCESS_COUNT, count);
    }

    /** REGION_WRITE_MULTI. */
    void writeMulti(Message message, Reply reply) {
        writeEach(message, reply);
        notifyAgain();
    }

    private void writeEach(Message message, Reply reply) {
        int length = message.payloadLength();
        long entries = length < MULTI_LENGTH ? -1 : message.u64(0);
        if (entries < 0 || entries != (length - MULTI_LENGTH) / MULTI_ENTRY_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        for (int i = 0; i < entries; i++) {
            int at = MULTI_LENGTH + i * MULTI_ENTRY_LENGTH;
            int count = message.u32(at + ACCESS_COUNT);
            if (count < 0 || count > MULTI_ENTRY_LENGTH - ACCESS_LENGTH) {
                reply.error(Errno.EINVAL);
                return;
            }
            write(message.u32(at + 8), message.u64(at), count, message, at + ACCESS_LENGTH);
        }
        reply.payload(MULTI_LENGTH);
        reply.u64(0, entries);
    }

    /** Reads {@code count} bytes into the reply's payload, whose bytes there are zero. */
    private void read(int region, long offset, int count, Reply reply, int payloadOffset) {
        if (!inside(region, offset, count)) {
            log.warn(() -> describe("read", region, offset, count) + ": answered with zeroes");
            return;
        }
        int done = 0;
        while (done < count) {
            int piece = pieceSize(region, offset + done, count, count - done);
            long value = region == CONFIG_REGION
                    ? function.readConfig((int) offset + done, piece)
                    : function.readBar(region, offset + done, piece);
            reply.number(payloadOffset + done, piece, value);
            done += piece;
        }
    }

    /** After the last write of a message: queues that it notified more than once are notified once more. */
    private void notifyAgain() {
        for (int queue = repeated.next(); queue >= 0; queue = repeated.next()) {
            notify(repeated.bar(), repeated.offset(), RepeatedNotifications.SIZE, queue);
        }
        repeated.clear();
    }

    /** Writes {@code count} bytes of the message's payload, which may be one of several pieces. */
    private void write(int region, long offset, int count, Message message, int payloadOffset) {
        if (!inside(region, offset, count)) {
            log.warn(() -> describe("write", region, offset, count) + ": dropped");
            return;
        }
        if (thread.stopped()
                && region != CONFIG_REGION) { // which a monitor sets up as it was before it lets the guest run
            log.warn(() -> "write to region " + region + " while the client has stopped the card: dropped");
            return;
        }
        int done = 0;
        while (done < count) {
            int piece = pieceSize(region, offset + done, count, count - done);
            long value = message.number(payloadOffset + done, piece);
            if (region == CONFIG_REGION) {
                function.writeConfig((int) offset + done, piece, (int) value);
            } else {
                writeBar(region, offset + done, piece, value);
            }
            done += piece;
        }
    }

    private void writeBar(int bar, long offset, int size, long value) {
        if (!layout.isNotify(bar, offset)) {
            function.writeBar(bar, offset, size, value);
        } else if (repeated.isFirst(bar, offset, size, value)) {
            notify(bar, offset, size, value);
        }
    }

    private void notify(int bar, long offset, int size, long value) {
        if (notifyWatch.begins()) {
            function.writeBar(bar, offset, size, value);
            notifyWatch.ends();
        } else {
            function.writeBar(bar, offset, size, value);
        }
    }

    private boolean inside(int region, long offset, int count) {
        return Integer.compareUnsigned(region, NUM_REGIONS) < 0
                && offset >= 0
                && offset < sizes[region]
                && count <= sizes[region] - offset;
    }

    /** An access of a register's size stays whole; anything else is cut into aligned registers of at most 4 bytes. */
    private static int pieceSize(int region, long offset, int count, int left) {
        if (count == 1 || count == 2 || count == 4 || (count == 8 && region != CONFIG_REGION)) {
            return count;
        }
        int aligned = (int) Long.lowestOneBit(offset | 4);
        return Integer.highestOneBit(Math.min(aligned, left));
    }

    private static String describe(String what, int region, long offset, int count) {
        return String.format("%s of %d bytes at 0x%x of region %d, outside of it", what, count, offset, region);
    }
}
