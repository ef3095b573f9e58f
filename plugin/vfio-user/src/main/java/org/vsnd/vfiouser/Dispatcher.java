// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.Message;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;
import org.vsnd.spi.PciFunction;

/** Carries out a message and makes the reply. Device thread only; region accesses allocate nothing. */
final class Dispatcher {
    private static final int INFO_LENGTH = 16;
    private static final int FLAGS_RESET = 1;
    private static final int FLAGS_PCI = 2;

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
    private final RegionAccess regions;
    private final DmaCommands dma;
    private final SetIrqs irqs;
    private final ClientInterrupts interrupts;
    private final RateLimitedLog log;

    Dispatcher(
            PciFunction function,
            RegionAccess regions,
            DmaCommands dma,
            SetIrqs irqs,
            ClientInterrupts interrupts,
            RateLimitedLog log) {
        this.function = function;
        this.regions = regions;
        this.dma = dma;
        this.irqs = irqs;
        this.interrupts = interrupts;
        this.log = log;
    }

    /** Handles any message but VERSION. */
    void handle(Message message, Reply reply) {
        switch (Header.command(message)) {
            case Command.REGION_WRITE -> {
                regionWrite(message, reply);
                regions.messageEnds();
            }
            case Command.REGION_READ -> regionRead(message, reply);
            case Command.DMA_MAP -> dma.map(message, reply);
            case Command.DMA_UNMAP -> dma.unmap(message, reply);
            case Command.DEVICE_GET_INFO -> deviceInfo(message, reply);
            case Command.DEVICE_GET_REGION_INFO -> regionInfo(message, reply);
            case Command.DEVICE_GET_REGION_IO_FDS -> regionIoFds(message, reply);
            case Command.DEVICE_GET_IRQ_INFO -> irqs.info(message, reply);
            case Command.DEVICE_SET_IRQS -> irqs.set(message, reply);
            case Command.DEVICE_RESET -> {
                function.reset();
                interrupts.msix().forgetPending();
            }
            case Command.REGION_WRITE_MULTI -> {
                regionWriteMulti(message, reply);
                regions.messageEnds();
            }
            case Command.VERSION -> reply.error(Errno.EINVAL); // once is enough
            case Command.DEVICE_FEATURE -> reply.error(Errno.ENOTTY);
            case Command.DIRTY_PAGES, Command.MIG_DATA_READ, Command.MIG_DATA_WRITE -> reply.error(Errno.EOPNOTSUPP);
            default -> {
                log.warn(() -> "unknown command " + Header.command(message));
                reply.error(Errno.ENOSYS);
            }
        }
    }

    private void deviceInfo(Message message, Reply reply) {
        if (message.payloadLength() < INFO_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        reply.payload(INFO_LENGTH);
        reply.u32(0, INFO_LENGTH)
                .u32(4, FLAGS_PCI | FLAGS_RESET)
                .u32(8, RegionAccess.NUM_REGIONS)
                .u32(12, SetIrqs.NUM_IRQS);
    }

    private void regionInfo(Message message, Reply reply) {
        int index = message.payloadLength() < REGION_INFO_LENGTH ? -1 : message.u32(8);
        if (index < 0 || index >= RegionAccess.NUM_REGIONS) {
            reply.error(Errno.EINVAL);
            return;
        }
        long size = regions.size(index);
        reply.payload(REGION_INFO_LENGTH);
        reply.u32(0, REGION_INFO_LENGTH)
                .u32(4, size == 0 ? 0 : REGION_READABLE | REGION_WRITABLE)
                .u32(8, index)
                .u64(16, size);
    }

    /** No region offers descriptors for its notifications: no client asks for them. */
    private static void regionIoFds(Message message, Reply reply) {
        if (message.payloadLength() < INFO_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        int index = message.u32(8);
        reply.payload(INFO_LENGTH);
        reply.u32(0, INFO_LENGTH).u32(8, index);
    }

    private void regionRead(Message message, Reply reply) {
        int count = message.payloadLength() < ACCESS_LENGTH ? -1 : message.u32(ACCESS_COUNT);
        if (count < 0 || count > Header.MAX_DATA_XFER_SIZE) {
            reply.error(Errno.EINVAL);
            return;
        }
        reply.payload(ACCESS_LENGTH + count);
        echoAccess(message, reply, count);
        regions.read(message.u32(ACCESS_REGION), message.u64(ACCESS_OFFSET), count, reply, ACCESS_LENGTH);
    }

    private void regionWrite(Message message, Reply reply) {
        int length = message.payloadLength();
        int count = length < ACCESS_LENGTH ? -1 : message.u32(ACCESS_COUNT);
        if (count < 0 || count != length - ACCESS_LENGTH) {
            log.warn(() -> "REGION_WRITE whose length and count do not agree");
            reply.error(Errno.EINVAL);
            return;
        }
        regions.write(message.u32(ACCESS_REGION), message.u64(ACCESS_OFFSET), count, message, ACCESS_LENGTH);
        reply.payload(ACCESS_LENGTH);
        echoAccess(message, reply, count);
    }

    private static void echoAccess(Message message, Reply reply, int count) {
        reply.u64(ACCESS_OFFSET, message.u64(ACCESS_OFFSET))
                .u32(ACCESS_REGION, message.u32(ACCESS_REGION))
                .u32(ACCESS_COUNT, count);
    }

    private void regionWriteMulti(Message message, Reply reply) {
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
            regions.write(message.u32(at + 8), message.u64(at), count, message, at + ACCESS_LENGTH);
        }
        reply.payload(MULTI_LENGTH);
        reply.u64(0, entries);
    }
}
