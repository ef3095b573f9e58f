// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.EventSignals;
import org.vsnd.server.EventLoop;
import org.vsnd.server.EventWatch;
import org.vsnd.server.ProtocolException;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.virtio.QueueRegisters;
import org.vsnd.virtio.VirtqueueException;

/**
 * One ring as the front end describes it, and its eventfds. It is served while it is <em>active</em>: started by a kick
 * descriptor, and enabled. In between it says where the next life begins. Device thread only.
 */
final class Vring {
    private static final int U16 = 0xffff;

    private static final int DESC_LENGTH = 16;
    /** Flags, index and event of either ring. */
    private static final int RING_LENGTH = 6;

    private static final int AVAIL_ELEM_LENGTH = 2;
    private static final int USED_ELEM_LENGTH = 8;
    private static final int[] NO_HEADS = {};

    private final QueueRegisters registers;
    private final LoggedMemory memory;
    private final EventSignals signals;
    private final EventWatch kick;
    private @Nullable EventFd call;
    private @Nullable EventFd err;

    /** Where what the ring holds is recorded: by ourselves, unless the front end keeps it. */
    private final InflightRegion own;

    private InflightRegion record;
    /** The driver has reset its device since, and the record says nothing. */
    private boolean recordIsOld;

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
    /** Index of the next chain to take when it becomes active. */
    private int base;
    /** The base is that of a life of this connection. */
    private boolean baseTold;
    /** The front end has given a base that does not continue that life. */
    private boolean newLife;
    /** An interrupt had no eventfd. */
    private boolean callOwed;

    /**
     * @param memory of the queue
     * @param own keeps what the ring holds, for as long as the front end does not
     * @param kicked runs when the driver has notified the ring
     */
    Vring(QueueRegisters registers, LoggedMemory memory, InflightRegion own, EventLoop loop, Runnable kicked)
            throws ErrnoException {
        this.registers = registers;
        this.memory = memory;
        this.own = own;
        record = own;
        registers.track(own);
        signals = loop.signals();
        kick = loop.eventWatch(() -> {
            if (takeKick()) {
                kicked.run();
            }
        });
        size = registers.sizeMax();
    }

    private boolean takeKick() {
        return kick.take();
    }

    /** Records in a buffer of the front end what the ring holds, or with null by ourselves. */
    void track(@Nullable InflightRegion by) {
        record = by == null ? own : by;
        recordIsOld = false;
        registers.track(record);
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
        if (num < 1 || num > registers.sizeMax() || Long.bitCount(num) != 1) {
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

    /** VHOST_VRING_F_LOG: whether the used ring is logged, and where; may change while the ring is active. */
    void setLog(boolean on, long address) {
        usedLogged = on;
        usedInLog = address;
        if (active()) {
            logUsed();
        }
    }

    private void logUsed() {
        memory.logUsed(registers.usedAddress(), usedLogged ? usedLength() : 0, usedInLog);
    }

    void setBase(long num) throws ProtocolException {
        checkStopped();
        if (num < 0 || num > U16) {
            throw new ProtocolException("ring " + index() + " cannot begin at " + num, Errno.EINVAL);
        }
        if (num != base) {
            base = (int) num;
            newLife |= baseTold;
        }
    }

    private void checkStopped() throws ProtocolException {
        if (active()) {
            throw new ProtocolException("it changes ring " + index() + ", which runs", Errno.EINVAL);
        }
    }

    /** The driver has reset its device: whatever was recorded is not in the ring any more. */
    void outdateRecord() {
        recordIsOld = true;
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
                proceed();
            } else {
                if (registers.enabled()) {
                    forget.run();
                }
                describe(users);
                logUsed();
                resume();
            }
        } catch (VirtqueueException | GuestMemoryException e) {
            throw new ProtocolException("ring " + index() + " cannot run: " + e.getMessage(), Errno.EINVAL);
        }
        if (registers.usedIdx() != 0) {
            call(); // the interrupt for the last ones may never have been sent
        }
    }

    /** It was running in the process before: what that has done is in the ring, and what it held is in the record. */
    void goOn(UserAddresses users) throws ProtocolException {
        if (!registers.paused()) {
            describe(users);
        }
        try {
            base = registers.loadUsedIdx();
            newLife = false;
        } catch (GuestMemoryException e) {
            throw new ProtocolException("ring " + index() + " cannot go on: " + e.getMessage(), Errno.EINVAL);
        }
    }

    private void describe(UserAddresses users) throws ProtocolException {
        registers.reset();
        registers.setSize(size);
        registers.setDescAddress(users.toGuest(descUser, descLength()));
        registers.setAvailAddress(users.toGuest(availUser, availLength()));
        registers.setUsedAddress(users.toGuest(usedUser, usedLength()));
    }

    private long descLength() {
        return (long) size * DESC_LENGTH;
    }

    private long availLength() {
        return RING_LENGTH + (long) size * AVAIL_ELEM_LENGTH;
    }

    private long usedLength() {
        return RING_LENGTH + (long) size * USED_ELEM_LENGTH;
    }

    /** Whether what the front end says continues the life of the paused queue, with the same chains. */
    boolean goesOn(UserAddresses users) {
        try {
            if (!registers.paused() || !started || !isAsBefore(users)) {
                return false;
            }
            int[] heads = recorded();
            return registers.loadUsedIdx() == registers.usedIdx() && registers.goesOn(next(heads), heads);
        } catch (ProtocolException | GuestMemoryException e) {
            return false; // it cannot become active
        }
    }

    private boolean isAsBefore(UserAddresses users) throws ProtocolException {
        return size == registers.size()
                && record.fits(size)
                && users.toGuest(descUser, descLength()) == registers.descAddress()
                && users.toGuest(availUser, availLength()) == registers.availAddress()
                && users.toGuest(usedUser, usedLength()) == registers.usedAddress();
    }

    private void proceed() throws GuestMemoryException {
        int[] held = registers.heldHeads();
        for (int i = recorded().length; i < held.length; i++) {
            record.taken(held[i]); // as the last life has said, they were to be taken again
        }
        registers.proceed();
    }

    /** Whether a device has given something back in the ring since its driver has set it up. */
    boolean hasLived(UserAddresses users) {
        try {
            if (!started) {
                return false;
            }
            describe(users);
            return registers.loadUsedIdx() != 0;
        } catch (ProtocolException | GuestMemoryException e) {
            return false; // it cannot become active
        }
    }

    /** The driver has begun anew: what we recorded was before that. */
    void begin() {
        recordIsOld |= record == own;
    }

    private void resume() throws VirtqueueException, GuestMemoryException {
        if (!record.fits(size)) {
            throw new VirtqueueException("the inflight buffer is for smaller rings");
        }
        int[] heads = recorded();
        registers.resume(next(heads), heads);
    }

    /** What an earlier life has held, as the record says. */
    private int[] recorded() throws GuestMemoryException {
        int used = registers.loadUsedIdx();
        if (recordIsOld) {
            recordIsOld = false;
            record.begin(used);
            return NO_HEADS;
        }
        return record.recover(used, registers.loadAvailIdx(), size);
    }

    /** A record says more than a base: a front end that has lost its back end knows none. */
    private int next(int[] heads) throws GuestMemoryException {
        return heads.length == 0 ? base : (registers.loadUsedIdx() + heads.length) & U16;
    }

    /**
     * Ends the ring's activity: its queue is paused. The base says where another device takes again what this one holds, from
     * the available ring if it is there in order.
     */
    void deactivate() {
        if (!active()) {
            return;
        }
        if (heldInOrder()) {
            base = registers.usedIdx();
            forgetRecord();
        } else {
            base = registers.availIdx();
        }
        baseTold = true;
        registers.pause();
    }

    private void forgetRecord() {
        try {
            record.begin(base);
        } catch (GuestMemoryException e) {
            throw new IllegalStateException("the record of what a ring holds is not there", e);
        }
    }

    private boolean heldInOrder() {
        try {
            return registers.heldInOrder();
        } catch (GuestMemoryException e) {
            return false; // the memory is gone, and the life with it
        }
    }

    /** Stops it; returns where the next life begins. */
    int stop() {
        deactivate();
        started = false;
        polled = false;
        kick.clear();
        return base;
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
        base = 0;
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
