// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.vsnd.vhostuser.VhostUserFeatures.PROTOCOL_FEATURES;
import static org.vsnd.vhostuser.VhostUserFeatures.VHOST_USER_PROTOCOL_F_REPLY_ACK;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.server.ConnectionKeeper;
import org.vsnd.server.DescriptorStore;
import org.vsnd.server.Message;
import org.vsnd.server.ProtocolException;
import org.vsnd.server.Reply;
import org.vsnd.server.ServerParts;
import org.vsnd.server.ServiceManager;
import org.vsnd.server.SocketProtocol;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.PluginException;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioFeatures;

/**
 * Offers a {@link VirtioDevice} with the vhost-user protocol. A request that makes no sense ends the connection; if the
 * front end has asked whether the request succeeds, it is told first. Device thread only.
 */
public final class VhostUserProtocol implements SocketProtocol {
    /** Makes the device that is served. */
    public interface DeviceFactory {
        /**
         * Makes it.
         *
         * @param thread the server's thread, for the device's whole life
         * @param budget how much the device may take for its guest
         * @throws PluginException with a sentence for the operator
         */
        VirtioDevice create(DeviceThread thread, CardBudget budget) throws PluginException;
    }

    private static final System.Logger LOG = System.getLogger(VhostUserProtocol.class.getName());

    private static final int INDEX = 0; // u32 of a vring state and of a vring address
    private static final int NUM = 4; // u32 of a vring state
    private static final int ADDR_FLAGS = 4; // u32
    private static final int ADDR_DESCRIPTOR = 8; // u64
    private static final int ADDR_USED = 16; // u64
    private static final int ADDR_AVAILABLE = 24; // u64
    private static final int ADDR_LOG = 32; // u64
    private static final int VHOST_VRING_F_LOG = 1;
    private static final int INDEX_MASK = 0xff; // of the u64 that comes with a vring's descriptor
    private static final int NO_FD = 0x100;

    private final VirtioDevice device;
    private final KeptState kept;
    private final VhostTransport transport;
    private final UserAddresses users = new UserAddresses();
    private final MemoryCommands memory;
    private final ConfigCommands config;
    private final InflightCommands inflight;
    private final DeviceStateCommands deviceState;
    private final DirtyLog dirty;
    private final LogCommands logging;
    private final ParkedState parked;
    private long protocolFeatures;
    private long status;
    private boolean negotiated;

    private final @Nullable VhostKeeper keeper;

    private VhostUserProtocol(
            ServerParts parts, DeviceFactory factory, @Nullable StateFile state, ServiceManager manager)
            throws PluginException, ErrnoException {
        VirtioDevice made = factory.create(parts.loop(), parts.budget());
        boolean done = false;
        try {
            kept = kept(state, made);
            done = true;
        } finally {
            if (!done) {
                made.close();
            }
        }
        device = made;
        parked = new ParkedState(state == null || !kept.isFile() ? null : ParkedState.beside(state.path()));
        dirty = new DirtyLog(parts.announced().newBits(), parts.loop().signals(), parts.log());
        transport = new VhostTransport(device, parts, users, kept, parked, dirty);
        memory = new MemoryCommands(parts.announced(), users, parts.budget());
        config = new ConfigCommands(device);
        inflight = new InflightCommands(transport, parts.announced().newArea());
        logging = new LogCommands(dirty);
        keeper = keeper(parts, manager);
        deviceState = new DeviceStateCommands(transport, parts.budget(), parts.log());
    }

    private static KeptState kept(@Nullable StateFile state, VirtioDevice device)
            throws PluginException, ErrnoException {
        int queues = device.queueCount();
        boolean packed = (device.offeredFeatures() & VirtioFeatures.VIRTIO_F_RING_PACKED) != 0;
        if (state != null) {
            try {
                return new KeptState(state.path(), queues, VhostTransport.SIZE_MAX, packed);
            } catch (PluginException | ErrnoException e) {
                if (state.asked()) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "a machine will lose its card when this process ends, since nothing can be kept: "
                                + e.getMessage() + " (--state FILE names another file, --no-state none)");
            }
        }
        return new KeptState(queues, VhostTransport.SIZE_MAX, packed);
    }

    private @Nullable VhostKeeper keeper(ServerParts parts, ServiceManager manager) {
        if (!kept.isFile()) {
            return null;
        }
        String prefix = VhostKeeper.prefix(kept, ServiceManager.PREFIX);
        DescriptorStore store = manager.store(prefix, parts.loop());
        return store == null ? null : new VhostKeeper(kept, store, prefix, parts.log());
    }

    /** Back ends with devices that {@code factory} makes; when the process ends, their guests' streams end with errors. */
    public static SocketProtocol.Factory serving(DeviceFactory factory) {
        return parts -> new VhostUserProtocol(parts, factory, null, ServiceManager.NONE);
    }

    /**
     * Back ends with devices that {@code factory} makes, and that can be lost and replaced under their guests.
     *
     * @param state a file of some 130 KiB for one device, made if it is not there, that keeps what the next process must know
     */
    public static SocketProtocol.Factory serving(DeviceFactory factory, Path state) {
        return serving(factory, new StateFile(state, true), ServiceManager.NONE);
    }

    /**
     * The same for front ends that cannot connect again: their connections outlive this process.
     *
     * @param manager keeps them
     */
    public static SocketProtocol.Factory serving(DeviceFactory factory, StateFile state, ServiceManager manager) {
        return parts -> new VhostUserProtocol(parts, factory, state, manager);
    }

    @Override
    public int headerLength() {
        return VhostUserHeader.LENGTH;
    }

    @Override
    public int mostLength() {
        return VhostUserHeader.MOST_LENGTH;
    }

    @Override
    public boolean negotiated() {
        return negotiated;
    }

    @Override
    public long lengthOf(Message message) throws ProtocolException {
        return VhostUserHeader.checkedLength(message);
    }

    @Override
    public void checkDescriptors(Message message, int count) throws ProtocolException {
        VhostUserHeader.checkDescriptors(message, count);
    }

    @Override
    public int descriptorsNeeded(Message message) {
        VhostUserRequest request = Objects.requireNonNull(VhostUserHeader.request(message));
        return switch (request) {
            case SET_MEM_TABLE -> message.u32(0);
            case SET_VRING_KICK, SET_VRING_CALL, SET_VRING_ERR -> (message.u64(0) & NO_FD) == 0 ? 1 : 0;
            default -> request.leastFds();
        };
    }

    @Override
    public void handle(Message message, Reply reply) throws ProtocolException {
        switch (Objects.requireNonNull(VhostUserHeader.request(message))) {
            case GET_FEATURES -> u64(reply, transport.offered());
            case SET_FEATURES -> transport.setFeatures(message.u64(0));
            case GET_PROTOCOL_FEATURES -> u64(reply, PROTOCOL_FEATURES);
            case SET_PROTOCOL_FEATURES -> setProtocolFeatures(message.u64(0));
            case SET_OWNER, RESET_OWNER -> {
                // the first says what the connection says, the second is what nobody should do
            }
            case GET_QUEUE_NUM -> u64(reply, transport.ringCount());
            case SET_MEM_TABLE -> memory.setTable(message);
            case GET_MAX_MEM_SLOTS -> u64(reply, memory.maxMemSlots());
            case ADD_MEM_REG -> memory.add(message);
            case REM_MEM_REG -> memory.remove(message);
            case SET_VRING_NUM -> ring(message).setNum(num(message));
            case SET_VRING_ADDR -> setAddr(message);
            case SET_LOG_BASE -> {
                logging.setBase(message);
                u64(reply, 0);
            }
            case SET_LOG_FD -> logging.setFd(message);
            case SET_VRING_BASE -> ring(message).setBase(num(message));
            case GET_VRING_BASE -> {
                int base = transport.stop(ring(message));
                reply.payload(8);
                reply.u32(INDEX, message.u32(INDEX)).u32(NUM, base);
            }
            case SET_VRING_KICK -> transport.setKick(fdRing(message), eventFd(message));
            case SET_VRING_CALL -> fdRing(message).calls().setCall(eventFd(message));
            case SET_VRING_ERR -> fdRing(message).calls().setErr(eventFd(message));
            case SET_VRING_ENABLE -> transport.setEnabled(ring(message), num(message) != 0);
            case GET_CONFIG -> config.get(message, reply);
            case SET_CONFIG -> config.set(message, reply);
            case GET_INFLIGHT_FD -> inflight.get(message, reply);
            case SET_INFLIGHT_FD -> inflight.set(message);
            case RESET_DEVICE -> transport.resetDevice();
            case SET_STATUS -> setStatus(message.u64(0));
            case GET_STATUS -> u64(reply, status);
            case SET_DEVICE_STATE_FD -> deviceState.set(message, reply);
            case CHECK_DEVICE_STATE -> deviceState.check(reply);
        }
        negotiated = true;
    }

    /** A ring that has been started goes on where the process before has left it. */
    @Override
    public void again(Message message, Reply reply) throws ProtocolException {
        if (VhostUserHeader.request(message) == VhostUserRequest.SET_VRING_KICK) {
            fdRing(message).goOn(users);
        }
        handle(message, reply);
    }

    @Override
    public @Nullable ConnectionKeeper keeper() {
        return keeper;
    }

    private static void u64(Reply reply, long value) {
        reply.payload(Long.BYTES);
        reply.u64(0, value);
    }

    private void setProtocolFeatures(long acked) throws ProtocolException {
        if ((acked & ~PROTOCOL_FEATURES) != 0) {
            throw new ProtocolException(
                    String.format("it takes protocol features that are not offered: 0x%x", acked & ~PROTOCOL_FEATURES),
                    Errno.EINVAL);
        }
        protocolFeatures = acked;
    }

    /** Only a reset means something: a device runs when its rings do. */
    private void setStatus(long value) {
        status = value & 0xff;
        if (status == 0) {
            transport.resetDevice();
        }
    }

    private void setAddr(Message message) throws ProtocolException {
        Vring ring = ring(message);
        ring.setAddr(message.u64(ADDR_DESCRIPTOR), message.u64(ADDR_USED), message.u64(ADDR_AVAILABLE));
        ring.setLog((message.u32(ADDR_FLAGS) & VHOST_VRING_F_LOG) != 0, message.u64(ADDR_LOG));
    }

    private Vring ring(Message message) throws ProtocolException {
        return transport.ring(Integer.toUnsignedLong(message.u32(INDEX)));
    }

    private static long num(Message message) {
        return Integer.toUnsignedLong(message.u32(NUM));
    }

    private Vring fdRing(Message message) throws ProtocolException {
        return transport.ring(message.u64(0) & INDEX_MASK);
    }

    /** The eventfd of a message, or null if it says that it has none. */
    private static @Nullable EventFd eventFd(Message message) throws ProtocolException {
        boolean none = (message.u64(0) & NO_FD) != 0;
        if (message.fds().count() != (none ? 0 : 1)) {
            throw new ProtocolException("a ring's descriptor is missing, or is one too many", Errno.EINVAL);
        }
        if (none) {
            return null;
        }
        if (!FileDescriptors.isEventFd(message.fds().get(0))) {
            throw new ProtocolException("a ring's descriptor is not an eventfd", Errno.EINVAL);
        }
        return EventFd.adopt(message.fds().take(0));
    }

    @Override
    public int finish(Message message, Reply reply) {
        VhostUserRequest request = Objects.requireNonNull(VhostUserHeader.request(message));
        if (request.replies()) {
            return VhostUserHeader.answer(message, reply);
        }
        if (!VhostUserHeader.needsReply(message) || (protocolFeatures & VHOST_USER_PROTOCOL_F_REPLY_ACK) == 0) {
            return 0;
        }
        int errno = reply.errno();
        u64(reply, errno);
        return VhostUserHeader.answer(message, reply);
    }

    @Override
    public void clientGone() {
        negotiated = false;
        protocolFeatures = 0;
        status = 0;
        transport.disconnect();
        inflight.forget();
        deviceState.forget();
        dirty.clear();
        users.clear();
    }

    @Override
    public void deviceFailed() {
        transport.distrust();
    }

    @Override
    public void reset() {
        transport.reset();
    }

    @Override
    public void close() {
        try {
            transport.end();
            parked.keep();
            device.close();
        } finally {
            if (keeper != null) {
                keeper.close();
            }
            kept.close();
        }
    }
}
