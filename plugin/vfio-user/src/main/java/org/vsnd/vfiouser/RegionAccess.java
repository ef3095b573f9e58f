// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.server.Message;
import org.vsnd.server.NotifyWatch;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/**
 * Reads and writes of the function's regions: 0 to 5 are the BARs, 7 is configuration space. An access outside them
 * reads zero and writes nothing, because some clients never expect an error. Device thread only.
 */
final class RegionAccess {
    static final int NUM_REGIONS = 9;
    static final int CONFIG_REGION = 7;
    private static final int CONFIG_SIZE = 4096;

    private final PciFunction function;
    private final PciLayout layout;
    private final NotifyWatch notifyWatch;
    private final RateLimitedLog log;
    private final long[] sizes = new long[NUM_REGIONS];
    private final RepeatedNotifications repeated = new RepeatedNotifications();

    RegionAccess(PciFunction function, PciLayout layout, NotifyWatch notifyWatch, RateLimitedLog log) {
        this.function = function;
        this.layout = layout;
        this.notifyWatch = notifyWatch;
        this.log = log;
        for (Bar bar : function.bars()) {
            sizes[bar.index()] = bar.size();
        }
        sizes[CONFIG_REGION] = CONFIG_SIZE;
    }

    /** Bytes; 0: not used. */
    long size(int region) {
        return sizes[region];
    }

    /** Reads {@code count} bytes into the reply's payload, whose bytes there are zero. */
    void read(int region, long offset, int count, Reply reply, int payloadOffset) {
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

    /** After the last {@link #write} of a message: queues that it notified more than once are notified once more. */
    void messageEnds() {
        for (int queue = repeated.next(); queue >= 0; queue = repeated.next()) {
            notify(repeated.bar(), repeated.offset(), RepeatedNotifications.SIZE, queue);
        }
        repeated.clear();
    }

    /** Writes {@code count} bytes of the message's payload, which may be one of several pieces. */
    void write(int region, long offset, int count, Message message, int payloadOffset) {
        if (!inside(region, offset, count)) {
            log.warn(() -> describe("write", region, offset, count) + ": dropped");
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
