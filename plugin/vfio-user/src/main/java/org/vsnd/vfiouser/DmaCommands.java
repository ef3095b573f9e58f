// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.server.AnnouncedMemory;
import org.vsnd.server.Message;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;

/** The commands DMA_MAP and DMA_UNMAP. Device thread only. */
final class DmaCommands {
    private static final int FLAGS = 4; // le32
    private static final int MAP_OFFSET = 8; // le64
    private static final int MAP_IOVA = 16; // le64
    private static final int MAP_SIZE = 24; // le64
    private static final int MAP_LENGTH = 32;
    private static final int UNMAP_IOVA = 8; // le64
    private static final int UNMAP_SIZE = 16; // le64
    private static final int UNMAP_LENGTH = 24;
    private static final int UNMAP_ALL = 2;

    private static final int READABLE = 1;
    private static final int WRITABLE = 2;

    private final AnnouncedMemory memory;
    private final RateLimitedLog log;

    DmaCommands(AnnouncedMemory memory, RateLimitedLog log) {
        this.memory = memory;
        this.log = log;
    }

    void map(Message message, Reply reply) {
        if (message.payloadLength() < MAP_LENGTH || message.fds().count() > 1) {
            reply.error(Errno.EINVAL);
            return;
        }
        long iova = message.u64(MAP_IOVA);
        long size = message.u64(MAP_SIZE);
        int errno = memory.refusal(iova, size);
        if (errno != 0) {
            log.warn(() -> String.format("DMA_MAP of 0x%x, 0x%x bytes refused: error %d", iova, size, errno));
            reply.error(errno);
            return;
        }
        int flags = message.u32(FLAGS);
        int fd = message.fds().count() == 0
                ? AnnouncedMemory.NO_FILE
                : message.fds().get(0);
        try {
            memory.add(iova, size, (flags & READABLE) != 0, (flags & WRITABLE) != 0, fd, message.u64(MAP_OFFSET));
        } catch (ErrnoException e) {
            log.warn(() -> String.format(
                    "the guest memory file for 0x%x, 0x%x bytes cannot be used: %s", iova, size, e.getMessage()));
            reply.error(e.errno());
        }
    }

    /** The reply repeats the request: cloud-hypervisor waits for all 24 bytes. */
    void unmap(Message message, Reply reply) {
        if (message.payloadLength() < UNMAP_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        long iova = message.u64(UNMAP_IOVA);
        long size = message.u64(UNMAP_SIZE);
        if ((message.u32(FLAGS) & UNMAP_ALL) != 0) {
            memory.removeAll();
        } else if (!memory.remove(iova, size)) {
            log.warn(() -> String.format("DMA_UNMAP of 0x%x, 0x%x bytes refused: no such range", iova, size));
            reply.error(Errno.ENOENT);
            return;
        }
        reply.payload(UNMAP_LENGTH);
        reply.copy(0, message.copy(0, UNMAP_LENGTH));
    }
}
