// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.server.Reply;
import org.vsnd.server.ServerParts;
import org.vsnd.server.SocketProtocol;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Snapshotable;

/** Offers a {@link PciFunction} with the vfio-user protocol. Device thread only. */
public final class VfioUserProtocol implements SocketProtocol {
    /** Makes the function that is served. */
    public interface FunctionFactory {
        /**
         * Makes it.
         *
         * @param host the server's services for the function's whole life; the budget is one of its abilities
         * @throws PluginException with a sentence for the operator
         */
        PciFunction create(Host host) throws PluginException;
    }

    private static final int INFO_LENGTH = 16;
    private static final int FLAGS_RESET = 1;
    private static final int FLAGS_PCI = 2;

    private final PciFunction function;
    private final ClientInterrupts interrupts;
    private final VersionExchange version;
    private final RegionCommands regions;
    private final DmaCommands dma;
    private final SetIrqs irqs;
    private final StoppableThread thread;
    private final MigrationCommands migration;
    private final RateLimitedLog log;
    private boolean negotiated;

    private VfioUserProtocol(ServerParts parts, FunctionFactory factory) throws PluginException, ErrnoException {
        log = parts.log();
        interrupts = new ClientInterrupts(parts.loop(), parts.budget());
        thread = new StoppableThread(parts.loop());
        function = factory.create(new VfioHost(parts.memory(), interrupts, thread, parts.budget()));
        PciLayout layout = PciLayout.of(function);
        version = new VersionExchange(parts.budget());
        migration = new MigrationCommands(function.ability(Snapshotable.class)
                .map(saved -> new Migration(saved, thread, parts.budget(), log))
                .orElse(null));
        regions = new RegionCommands(function, layout, thread, parts.notifications(), log);
        dma = new DmaCommands(parts.announced(), log);
        irqs = new SetIrqs(function, interrupts, layout.msixVectors());
    }

    /** Fronts for functions that {@code factory} makes. */
    public static SocketProtocol.Factory serving(FunctionFactory factory) {
        return parts -> new VfioUserProtocol(parts, factory);
    }

    @Override
    public int headerLength() {
        return Header.LENGTH;
    }

    @Override
    public int mostLength() {
        return Header.MAX_LENGTH;
    }

    @Override
    public boolean negotiated() {
        return negotiated;
    }

    @Override
    public long lengthOf(Message message) throws ProtocolException {
        if (negotiated) {
            Header.checkCommand(message);
        } else {
            VersionExchange.checkHeader(message);
        }
        return Header.size(message);
    }

    @Override
    public void handle(Message message, Reply reply) throws ProtocolException {
        if (!negotiated) {
            version.answer(message, reply);
            negotiated = true;
            return;
        }
        int command = Header.command(message);
        switch (command) {
            case Command.REGION_WRITE -> regions.write(message, reply);
            case Command.REGION_READ -> regions.read(message, reply);
            case Command.DMA_MAP -> dma.map(message, reply);
            case Command.DMA_UNMAP -> dma.unmap(message, reply);
            case Command.DEVICE_GET_INFO -> deviceInfo(message, reply);
            case Command.DEVICE_GET_REGION_INFO -> regions.info(message, reply);
            case Command.DEVICE_GET_REGION_IO_FDS -> RegionCommands.ioFds(message, reply);
            case Command.DEVICE_GET_IRQ_INFO -> irqs.info(message, reply);
            case Command.DEVICE_SET_IRQS -> irqs.set(message, reply);
            case Command.DEVICE_RESET -> {
                function.reset();
                migration.reset();
                interrupts.msix().forgetPending();
            }
            case Command.REGION_WRITE_MULTI -> regions.writeMulti(message, reply);
            case Command.VERSION -> reply.error(Errno.EINVAL); // once is enough
            case Command.DEVICE_FEATURE -> migration.feature(message, reply);
            case Command.MIG_DATA_READ -> migration.read(message, reply);
            case Command.MIG_DATA_WRITE -> migration.write(message, reply);
            case Command.DIRTY_PAGES -> reply.error(Errno.EOPNOTSUPP);
            default -> {
                log.warn(() -> "unknown command " + command);
                reply.error(Errno.ENOSYS);
            }
        }
    }

    private static void deviceInfo(Message message, Reply reply) {
        if (message.payloadLength() < INFO_LENGTH) {
            reply.error(Errno.EINVAL);
            return;
        }
        reply.payload(INFO_LENGTH);
        reply.u32(0, INFO_LENGTH)
                .u32(4, FLAGS_PCI | FLAGS_RESET)
                .u32(8, RegionCommands.NUM_REGIONS)
                .u32(12, SetIrqs.NUM_IRQS);
    }

    @Override
    public int finish(Message message, Reply reply) {
        return Header.answer(message, reply);
    }

    @Override
    public void clientGone() {
        negotiated = false;
        migration.reset();
        interrupts.disableAll();
    }

    @Override
    public void reset() {
        try {
            function.reset();
        } finally {
            interrupts.disableAll(); // interrupts raised by the reset itself are for nobody
        }
    }

    @Override
    public void close() {
        try {
            function.close();
        } finally {
            interrupts.disableAll();
        }
    }
}
