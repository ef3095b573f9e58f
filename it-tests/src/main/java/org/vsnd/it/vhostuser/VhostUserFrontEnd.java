// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

import static org.vsnd.it.vhostuser.VhostUserConnection.payload;
import static org.vsnd.it.vhostuser.VhostUserConnection.u64;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.Features;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.NativeBuffer;

/** The requests of a front end, in the order in which monitors send them. One thread. */
public final class VhostUserFrontEnd implements AutoCloseable {
    /** Requests by number. */
    public static final int GET_FEATURES = 1;

    public static final int SET_FEATURES = 2;
    public static final int SET_OWNER = 3;
    public static final int SET_MEM_TABLE = 5;
    public static final int SET_LOG_BASE = 6;
    public static final int SET_VRING_NUM = 8;
    public static final int SET_VRING_ADDR = 9;
    public static final int SET_VRING_BASE = 10;
    public static final int GET_VRING_BASE = 11;
    public static final int SET_VRING_KICK = 12;
    public static final int SET_VRING_CALL = 13;
    public static final int SET_VRING_ERR = 14;
    public static final int GET_PROTOCOL_FEATURES = 15;
    public static final int SET_PROTOCOL_FEATURES = 16;
    public static final int GET_QUEUE_NUM = 17;
    public static final int SET_VRING_ENABLE = 18;
    public static final int GET_CONFIG = 24;
    public static final int RESET_DEVICE = 34;
    public static final int GET_MAX_MEM_SLOTS = 36;
    public static final int ADD_MEM_REG = 37;
    public static final int REM_MEM_REG = 38;
    public static final int SET_DEVICE_STATE_FD = 42;
    public static final int CHECK_DEVICE_STATE = 43;

    private static final long F_LOG_ALL = 1L << 26;
    private static final long F_PROTOCOL_FEATURES = 1L << 30;
    private static final long PROTOCOL_F_MQ = 1;
    private static final long PROTOCOL_F_LOG_SHMFD = 1 << 1;
    private static final long PROTOCOL_F_REPLY_ACK = 1 << 3;
    private static final long PROTOCOL_F_CONFIG = 1 << 9;
    private static final long PROTOCOL_F_RESET_DEVICE = 1 << 13;
    private static final long PROTOCOL_F_CONFIGURE_MEM_SLOTS = 1 << 15;
    private static final long PROTOCOL_F_DEVICE_STATE = 1 << 19;

    /** A packed ring begins with both wrap counters 1. */
    private static final int FIRST_PACKED_BASE = 0x8000_8000;

    private static final long NO_FD = 0x100;

    private static final int CHANNEL_BYTES = 1000;

    private static final long HOLE = 0xa_0000;
    private static final long HOLE_END = 0xc_0000;
    /** Where the front end has the two parts of the memory: neither in order nor side by side. */
    private static final long LOW_USER = 0x7fff_8000_0000L;

    private static final long HIGH_USER = 0x7f12_3450_0000L;

    private final VhostUserConnection wire;
    private final FrontEndHabits habits;
    private final ClientMemory memory;
    private final EventFd[] kicks;
    private final EventFd[] calls;
    /** Where rings begin next; null if nobody has said so. */
    private final @Nullable Integer[] bases;

    private final long offered;
    private boolean running;
    private boolean logging;
    private boolean polled;
    private long features;
    private List<FrontEndRing> rings = List.of();

    private VhostUserFrontEnd(VhostUserConnection wire, FrontEndHabits habits, ClientMemory memory, int rings)
            throws IOException {
        this.wire = wire;
        this.habits = habits;
        this.memory = memory;
        kicks = new EventFd[rings];
        calls = new EventFd[rings];
        bases = new Integer[rings];
        for (int i = 0; i < rings; i++) {
            kicks[i] = EventFd.create();
            calls[i] = EventFd.create();
        }
        offered = wire.ask(GET_FEATURES, payload(0), 8).getLong(0);
        if ((offered & F_PROTOCOL_FEATURES) == 0) {
            throw new DeviceFaultException("no protocol features");
        }
        if (habits.hasProtocolFeatures()) {
            negotiateProtocol();
        }
        wire.tell(SET_OWNER, payload(0));
        for (int i = 0; i < rings && habits != FrontEndHabits.CROSVM; i++) {
            wire.tell(SET_VRING_CALL, u64(i), calls[i].fd());
        }
    }

    /** Connects to a back end of a device with that many rings. */
    public static VhostUserFrontEnd connect(Path socket, FrontEndHabits habits, ClientMemory memory, int rings)
            throws IOException {
        VhostUserConnection wire = VhostUserConnection.open(socket);
        try {
            return new VhostUserFrontEnd(wire, habits, memory, rings);
        } catch (RuntimeException | IOException e) {
            wire.close();
            throw e;
        }
    }

    private void negotiateProtocol() {
        long wanted = PROTOCOL_F_MQ
                | PROTOCOL_F_LOG_SHMFD
                | PROTOCOL_F_CONFIG
                | PROTOCOL_F_RESET_DEVICE
                | PROTOCOL_F_DEVICE_STATE;
        if (habits == FrontEndHabits.RUST_VMM) {
            wanted |= PROTOCOL_F_REPLY_ACK | PROTOCOL_F_CONFIGURE_MEM_SLOTS;
        }
        if (habits == FrontEndHabits.CROSVM) {
            wanted = PROTOCOL_F_MQ | PROTOCOL_F_CONFIG | PROTOCOL_F_DEVICE_STATE | PROTOCOL_F_REPLY_ACK;
        }
        long there = wire.ask(GET_PROTOCOL_FEATURES, payload(0), 8).getLong(0);
        if ((wanted & ~there) != 0) {
            throw new DeviceFaultException("protocol features are missing: " + Long.toHexString(wanted & ~there));
        }
        wire.tell(SET_PROTOCOL_FEATURES, u64(wanted));
        if (habits == FrontEndHabits.RUST_VMM) {
            wire.acknowledge();
            if (wire.ask(GET_MAX_MEM_SLOTS, payload(0), 8).getLong(0) < 2) {
                throw new DeviceFaultException("there is no room for two regions");
            }
        }
        if (wire.ask(GET_QUEUE_NUM, payload(0), 8).getLong(0) < kicks.length) {
            throw new DeviceFaultException("too few queues");
        }
    }

    /** The connection. */
    public VhostUserConnection wire() {
        return wire;
    }

    /** Features offered to the driver. */
    public long offered() {
        long hidden = habits == FrontEndHabits.CROSVM ? Features.RING_PACKED : 0;
        return offered & ~(F_PROTOCOL_FEATURES | F_LOG_ALL | hidden);
    }

    /** The eventfd by which a ring's driver is interrupted. */
    public EventFd call(int ring) {
        return calls[ring];
    }

    /** Device configuration, or zeros where nothing can be asked. */
    public byte[] config(int length) {
        byte[] bytes = new byte[length];
        if (habits.hasProtocolFeatures()) {
            ByteBuffer request = payload(12 + length).putInt(4, length);
            wire.ask(GET_CONFIG, request, 12 + length).get(12, bytes);
        }
        return bytes;
    }

    /** The driver notifies a ring. */
    public void kick(int ring) {
        kicks[ring].signal();
    }

    /** Starts the rings where they stand. */
    public void start(long features, List<FrontEndRing> rings) {
        this.features = features;
        this.rings = rings;
        setFeatures();
        announceMemory();
        for (int i = 0; i < rings.size(); i++) {
            if (rings.get(i).isSetUp()) {
                start(i, rings.get(i));
            }
        }
        for (int i = 0; i < rings.size() && enablesAllAtOnce(); i++) {
            wire.tell(SET_VRING_ENABLE, state(i, 1));
        }
        running = true;
    }

    private boolean enablesAllAtOnce() {
        return habits.hasProtocolFeatures() && habits != FrontEndHabits.CROSVM;
    }

    private void setFeatures() {
        wire.tell(
                SET_FEATURES,
                u64(features | (habits.hasProtocolFeatures() ? F_PROTOCOL_FEATURES : 0) | (logging ? F_LOG_ALL : 0)));
    }

    /** Keeps a log of the pages that the back end writes, from now on in this file. */
    public void setLog(MemFd file, long bytes) {
        wire.ask(SET_LOG_BASE, payload(16).putLong(0, bytes), 8, file.fd());
    }

    /** Begins or ends logging, while the rings run. */
    public void setLogging(boolean on) {
        logging = on;
        setFeatures();
        for (int i = 0; i < rings.size(); i++) {
            setAddr(i, rings.get(i));
        }
    }

    private void setAddr(int index, FrontEndRing ring) {
        ByteBuffer addr = payload(40).putInt(0, index).putInt(4, logging ? 1 : 0);
        addr.putLong(8, user(ring.desc())).putLong(16, user(ring.used())).putLong(24, user(ring.avail()));
        wire.tell(SET_VRING_ADDR, addr.putLong(32, ring.used()));
    }

    private void start(int index, FrontEndRing ring) {
        wire.tell(SET_VRING_NUM, state(index, ring.size()));
        if (habits == FrontEndHabits.CROSVM) {
            setAddr(index, ring);
            wire.tell(SET_VRING_BASE, state(index, base(index)));
            wire.tell(SET_VRING_CALL, u64(index), calls[index].fd());
            setKick(index);
            wire.tell(SET_VRING_ENABLE, state(index, 1));
            return;
        }
        wire.tell(SET_VRING_BASE, state(index, base(index)));
        setAddr(index, ring);
        setKick(index);
    }

    private void setKick(int index) {
        if (polled) {
            wire.tell(SET_VRING_KICK, u64(index | NO_FD));
        } else {
            wire.tell(SET_VRING_KICK, u64(index), kicks[index].fd());
        }
    }

    /** From now on rings start without kick descriptors: the back end has to look at them by itself. */
    public void startPolled() {
        polled = true;
    }

    /** Gives the guest's memory, at first or anew. */
    public void announceMemory() {
        long size = memory.bytes();
        if (habits == FrontEndHabits.RUST_VMM && !running) {
            wire.tell(
                    ADD_MEM_REG,
                    region(payload(40), 8, 0, HOLE, LOW_USER),
                    memory.file().fd());
            wire.tell(
                    ADD_MEM_REG,
                    region(payload(40), 8, HOLE_END, size - HOLE_END, HIGH_USER),
                    memory.file().fd());
            return;
        }
        ByteBuffer table = payload(8 + 2 * 32).putInt(0, 2);
        region(table, 8, 0, HOLE, LOW_USER);
        region(table, 40, HOLE_END, size - HOLE_END, HIGH_USER);
        wire.tell(SET_MEM_TABLE, table, memory.file().fd(), memory.file().fd());
    }

    private void withdrawMemory() {
        if (habits == FrontEndHabits.RUST_VMM) {
            long size = memory.bytes();
            wire.tell(REM_MEM_REG, region(payload(40), 8, 0, HOLE, LOW_USER));
            wire.tell(
                    REM_MEM_REG,
                    region(payload(40), 8, HOLE_END, size - HOLE_END, HIGH_USER),
                    memory.file().fd());
        }
    }

    private static ByteBuffer region(ByteBuffer into, int at, long guest, long size, long user) {
        return into.putLong(at, guest)
                .putLong(at + 8, size)
                .putLong(at + 16, user)
                .putLong(at + 24, guest);
    }

    private static long user(long guest) {
        return guest < HOLE ? LOW_USER + guest : HIGH_USER + guest - HOLE_END;
    }

    /** Stops the rings; they go on from there when they start again. */
    public void stop() {
        if (!running) {
            return;
        }
        for (int i = 0; i < bases.length && enablesAllAtOnce(); i++) {
            wire.tell(SET_VRING_ENABLE, state(i, 0));
        }
        for (int i = 0; i < bases.length; i++) {
            if (habits == FrontEndHabits.CROSVM) {
                wire.tell(SET_VRING_ENABLE, state(i, 0));
            }
            bases[i] = wire.ask(GET_VRING_BASE, state(i, 0), 8).getInt(4);
        }
        running = false;
        withdrawMemory();
    }

    /** The back end's state, while no ring runs. */
    public byte[] saveState() {
        int fd = stateChannel(0);
        ByteArrayOutputStream state = new ByteArrayOutputStream();
        NativeBuffer piece = new NativeBuffer(CHANNEL_BYTES);
        try {
            int n = (int) LibC.read(fd, piece.address(), CHANNEL_BYTES);
            while (n > 0) {
                byte[] bytes = new byte[n];
                piece.bytes().get(0, bytes);
                state.writeBytes(bytes);
                n = (int) LibC.read(fd, piece.address(), CHANNEL_BYTES);
            }
        } finally {
            FileDescriptors.close(fd);
        }
        if (checkState() != 0) {
            throw new DeviceFaultException("the state could not be saved");
        }
        return state.toByteArray();
    }

    /** Gives the back end another one's state; returns what the check of it says, 0 if all is well. */
    public long loadState(byte[] state) {
        int fd = stateChannel(1);
        NativeBuffer piece = new NativeBuffer(CHANNEL_BYTES);
        try {
            for (int done = 0; done < state.length; ) {
                int n = Math.min(CHANNEL_BYTES, state.length - done);
                piece.bytes().put(0, state, done, n);
                if (LibC.write(fd, piece.address(), n) != n) {
                    throw new DeviceFaultException("the state could not be written");
                }
                done += n;
            }
        } finally {
            FileDescriptors.close(fd);
        }
        return checkState();
    }

    /** Monitors offer an end of a channel of their own, and take the back end's if it has one. */
    private int stateChannel(int direction) {
        long reply = wire.ask(SET_DEVICE_STATE_FD, state(direction, 0), 8, kicks[0].fd())
                .getLong(0);
        if (reply != 0) {
            throw new DeviceFaultException("SET_DEVICE_STATE_FD is answered with " + Long.toHexString(reply));
        }
        return wire.takeFd();
    }

    private long checkState() {
        return wire.ask(CHECK_DEVICE_STATE, payload(0), 8).getLong(0);
    }

    /** Another front end has stopped the rings, there. */
    public void goOnFrom(VhostUserFrontEnd other) {
        System.arraycopy(other.bases, 0, bases, 0, bases.length);
    }

    /** The driver has reset its device. */
    public void reset() {
        stop();
        Arrays.fill(bases, null);
        if (habits == FrontEndHabits.RUST_VMM) {
            wire.tell(RESET_DEVICE, payload(0));
        }
    }

    /** The back end is another one: split rings begin at their used indexes, as no other is known; packed ones do not say theirs. */
    public void takeOver(long negotiated, List<FrontEndRing> rings) {
        for (int i = 0; i < rings.size() && (negotiated & Features.RING_PACKED) == 0; i++) {
            bases[i] = memory.ram().get16(rings.get(i).used() + 2);
        }
    }

    /** Where a ring begins next, as the back end has said. */
    public int base(int ring) {
        Integer told = bases[ring];
        return told != null ? told : (features & Features.RING_PACKED) == 0 ? 0 : FIRST_PACKED_BASE;
    }

    private static ByteBuffer state(int index, int num) {
        return payload(8).putInt(0, index).putInt(4, num);
    }

    /** The monitor is gone. */
    @Override
    public void close() {
        wire.close();
        for (int i = 0; i < kicks.length; i++) {
            kicks[i].close();
            calls[i].close();
        }
    }
}
