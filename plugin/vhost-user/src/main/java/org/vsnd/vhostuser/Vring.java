// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.server.EventLoop;
import org.vsnd.server.EventWatch;
import org.vsnd.server.ProtocolException;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtqueueException;

/**
 * One ring as the front end describes it, and its eventfds. It is served while it is <em>active</em>: started by a kick
 * descriptor, and enabled. In between it says where the next life begins. Device thread only.
 */
final class Vring {
    private final QueueRegisters registers;
    private final LoggedMemory memory;
    private final EventSignals signals;
    private final EventWatch kick;
    private @Nullable EventFd call;
    private @Nullable EventFd err;

    private final SplitVringLife split;
    /** Null if packed rings are not offered. */
    private final @Nullable PackedVringLife packed;

    private int size;
    private long descUser;
    private long usedUser;
    private long availUser;
    /** The used ring is logged, as if it were at this guest address. */
    private boolean usedLogged;

    private long usedInLog;

    private boolean started;
    private boolean enabled;
    private boolean polled;
    /** Where its next life begins. */
    private int base;
    /** The front end has said so, or the last life. */
    private boolean baseKnown;
    /** The base is that of a life of this connection. */
    private boolean baseTold;
    /** The front end has given a base that does not continue that life. */
    private boolean newLife;
    /** An interrupt had no eventfd. */
    private boolean callOwed;

    /**
     * @param memory of the queue
     * @param kept keeps what the ring holds, for as long as the front end does not
     * @param kicked runs when the driver has notified the ring
     */
    Vring(QueueRegisters registers, LoggedMemory memory, KeptState kept, EventLoop loop, Runnable kicked)
            throws ErrnoException {
        this.registers = registers;
        this.memory = memory;
        split = new SplitVringLife(registers, kept.region(index()));
        PackedInflightRegion own = kept.packedRegion(index());
        packed = own == null ? null : new PackedVringLife(registers, own);
        signals = loop.signals();
        kick = loop.eventWatch(() -> {
            if (takeKick()) {
                kicked.run();
            }
        });
        size = registers.sizeMax();
    }

    /** Its lives, in the format that the driver has negotiated. */
    private VringLife<?> life() {
        return registers.isPacked() ? Objects.requireNonNull(packed) : split;
    }

    private boolean takeKick() {
        return kick.take();
    }

    /**
     * Records in a buffer of the front end what the ring holds.
     *
     * @param at where its region is in the buffer
     * @param descNum most descriptors of the ring
     */
    void record(GuestMemory buffer, long at, int descNum) {
        if (registers.isPacked()) {
            Objects.requireNonNull(packed).record(new PackedInflightRegion(buffer, at, descNum));
        } else {
            split.record(new InflightRegion(buffer, at, descNum));
        }
    }

    /** Records by ourselves what the ring holds. */
    void recordOwn() {
        split.record(null);
        if (packed != null) {
            packed.record(null);
        }
    }

    QueueRegisters registers() {
        return registers;
    }

    /** Whether it is served. In between its queue is paused, and the device keeps what it has. */
    boolean active() {
        return registers.enabled() && !registers.paused();
    }

    /** Whether it must be looked at without being kicked. */
    boolean polled() {
        return polled && active();
    }

    void setNum(long num) throws ProtocolException {
        checkStopped();
        boolean fits = num >= 1 && num <= registers.sizeMax();
        if (!fits || (!registers.isPacked() && Long.bitCount(num) != 1)) {
            throw new ProtocolException("ring " + index() + " cannot have " + num + " descriptors", Errno.EINVAL);
        }
        size = (int) num;
    }

    /** The addresses are the front end's own. They may be given again, but not changed, while the ring is active. */
    void setAddr(long desc, long used, long avail) throws ProtocolException {
        if (desc != descUser || used != usedUser || avail != availUser) {
            checkStopped();
        }
        descUser = desc;
        usedUser = used;
        availUser = avail;
    }

    /**
     * VHOST_VRING_F_LOG: whether the used ring is logged, and where; may change while the ring is active. Of a packed ring that is
     * the device area; the descriptors, which are the used ones as well, have no other place in the log than their own.
     */
    void setLog(boolean on, long address) {
        usedLogged = on;
        usedInLog = address;
        if (active()) {
            logUsed();
        }
    }

    private void logUsed() {
        int descriptors = registers.size();
        long length = usedLogged ? life().deviceLength(descriptors) : 0;
        memory.logUsed(registers.usedAddress(), length, usedInLog);
        boolean descriptorsToo = usedLogged && registers.isPacked();
        memory.logDescriptors(registers.descAddress(), descriptorsToo ? life().descLength(descriptors) : 0);
    }

    void setBase(long num) throws ProtocolException {
        checkStopped();
        if (!life().isBase(num)) {
            throw new ProtocolException("ring " + index() + " cannot begin at " + num, Errno.EINVAL);
        }
        if ((int) num != base()) {
            newLife |= baseTold;
        }
        setBase((int) num);
    }

    private int base() {
        return baseKnown ? base : life().first();
    }

    private void setBase(int next) {
        base = next;
        baseKnown = true;
    }

    private void checkStopped() throws ProtocolException {
        if (active()) {
            throw new ProtocolException("it changes ring " + index() + ", which runs", Errno.EINVAL);
        }
    }

    /** The driver has reset its device: whatever was recorded is not in the ring any more. */
    void outdateRecord() {
        split.outdateRecord();
        if (packed != null) {
            packed.outdateRecord();
        }
    }

    /** Whether the front end has begun somewhere else than where the last life ended; asked once. */
    boolean takeNewLife() {
        boolean was = newLife;
        newLife = false;
        return was;
    }

    /** The ring is started: with a descriptor that says when to look, or with none. */
    void setKick(@Nullable EventFd eventFd) throws ErrnoException {
        started = true;
        polled = eventFd == null;
        kick.assign(eventFd);
    }

    boolean started() {
        return started;
    }

    void setEnabled(boolean on) {
        enabled = on;
    }

    /** Whether it should be active. */
    boolean wanted(boolean enabledFromStart) {
        return started && (enabled || enabledFromStart);
    }

    /** Takes the descriptor by which the driver is interrupted, or null for none; one that it has missed comes now. */
    void setCall(@Nullable EventFd eventFd) {
        close(call);
        call = eventFd;
        if (callOwed && eventFd != null) {
            callOwed = false;
            signals.signal(eventFd);
        }
    }

    void setErr(@Nullable EventFd eventFd) {
        close(err);
        err = eventFd;
    }

    /** Interrupts the driver. */
    void call() {
        if (call == null) {
            callOwed = true;
        } else {
            signals.signal(call);
        }
    }

    /** Tells the front end that the ring is broken. */
    void error() {
        if (err != null) {
            signals.signal(err);
        }
    }

    /**
     * Makes it active. If its queue is paused and the front end goes on from there, so does the device; otherwise it takes
     * again what was with it.
     *
     * @param forget makes the device forget what it holds
     * @throws ProtocolException if its addresses are wrong
     */
    void activate(UserAddresses users, Runnable forget) throws ProtocolException {
        try {
            if (goesOn(users)) {
                logUsed();
                life().proceed();
            } else {
                if (registers.enabled()) {
                    forget.run();
                }
                describe(users);
                logUsed();
                checkRecord();
                life().resume(base());
            }
        } catch (VirtqueueException | GuestMemoryException e) {
            throw new ProtocolException("ring " + index() + " cannot run: " + e.getMessage(), Errno.EINVAL);
        }
        if (life().hasUsed()) {
            call(); // the interrupt for the last ones may never have been sent
        }
    }

    /** It was running in the process before. */
    void goOn(UserAddresses users) throws ProtocolException {
        if (!registers.paused()) {
            describe(users);
        }
        try {
            setBase(life().left(base()));
            newLife = false;
        } catch (GuestMemoryException e) {
            throw new ProtocolException("ring " + index() + " cannot go on: " + e.getMessage(), Errno.EINVAL);
        }
    }

    private void describe(UserAddresses users) throws ProtocolException {
        registers.reset();
        registers.setSize(size);
        registers.setDescAddress(users.toGuest(descUser, life().descLength(size)));
        registers.setAvailAddress(users.toGuest(availUser, life().driverLength(size)));
        registers.setUsedAddress(users.toGuest(usedUser, life().deviceLength(size)));
    }

    /** Whether what the front end says continues the life of the paused queue, with the same chains. */
    boolean goesOn(UserAddresses users) {
        try {
            return registers.paused() && started && isAsBefore(users) && life().goesOn(base());
        } catch (ProtocolException | GuestMemoryException e) {
            return false; // it cannot become active
        }
    }

    private boolean isAsBefore(UserAddresses users) throws ProtocolException {
        return size == registers.size()
                && hasRecord()
                && users.toGuest(descUser, life().descLength(size)) == registers.descAddress()
                && users.toGuest(availUser, life().driverLength(size)) == registers.availAddress()
                && users.toGuest(usedUser, life().deviceLength(size)) == registers.usedAddress();
    }

    /** Whether there is a record with room for the ring: a buffer that was made for the other format is none. */
    private boolean hasRecord() {
        boolean another = registers.isPacked() ? split.isFrontEnds() : packed != null && packed.isFrontEnds();
        return !another && life().record().fits(size);
    }

    private void checkRecord() throws VirtqueueException {
        if (!hasRecord()) {
            throw new VirtqueueException("the inflight buffer is for smaller rings, or for those of the other format");
        }
    }

    /** Whether a device has given something back in the ring since its driver has set it up. */
    boolean hasLived(UserAddresses users) {
        try {
            if (!started || !hasRecord()) {
                return false;
            }
            describe(users);
            return life().hasLived(base());
        } catch (ProtocolException | GuestMemoryException e) {
            return false; // it cannot become active
        }
    }

    /** The driver has begun anew: what we recorded was before that. */
    void begin() {
        split.begin();
        if (packed != null) {
            packed.begin();
        }
    }

    /** Writes what another process must know of the paused ring beside its queue. */
    void saveHeld(SnapshotWriter out) {
        life().saveHeld(out);
    }

    /**
     * Reads that, and changes nothing.
     *
     * @return gives it to the record; after the queue is restored
     */
    Runnable loadHeld(SnapshotReader in) throws SnapshotException {
        return Objects.requireNonNull(packed).loadHeld(in);
    }

    /**
     * Ends the ring's activity: its queue is paused. The base says where another device takes again what this one holds, from
     * the available ring if it is there in order.
     */
    void deactivate() {
        if (!active()) {
            return;
        }
        try {
            setBase(life().end());
        } catch (GuestMemoryException e) {
            throw new IllegalStateException("the record of what a ring holds is not there", e);
        }
        baseTold = true;
        registers.pause();
    }

    /** Stops it; returns where the next life begins. */
    int stop() {
        deactivate();
        started = false;
        polled = false;
        kick.clear();
        return base();
    }

    /** Forgets everything but the descriptors for interrupts. */
    void reset() {
        registers.reset();
        started = false;
        enabled = false;
        polled = false;
        kick.clear();
        size = registers.sizeMax();
        descUser = 0;
        usedUser = 0;
        availUser = 0;
        usedLogged = false;
        baseKnown = false;
        baseTold = false;
        newLife = false;
        callOwed = false;
    }

    /** The front end is gone. */
    void disconnect() {
        kick.clear();
        setCall(null);
        setErr(null);
    }

    private int index() {
        return registers.queue().index();
    }

    private static void close(@Nullable EventFd eventFd) {
        if (eventFd != null) {
            eventFd.close();
        }
    }
}
