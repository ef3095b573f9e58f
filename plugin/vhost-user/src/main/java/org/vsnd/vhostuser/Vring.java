// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
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
    private final RingDescription description;
    private final EventWatch kick;
    private final RingCalls calls;

    private final SplitVringLife split;
    /** Null if packed rings are not offered. */
    private final @Nullable PackedVringLife packed;

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
        description = new RingDescription(registers);
        calls = new RingCalls(loop.signals());
        kick = loop.eventWatch(() -> {
            if (takeKick()) {
                kicked.run();
            }
        });
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
        if (!description.isSize(num)) {
            throw new ProtocolException("ring " + index() + " cannot have " + num + " descriptors", Errno.EINVAL);
        }
        description.setSize((int) num);
    }

    /** The addresses are the front end's own. They may be given again, but not changed, while the ring is active. */
    void setAddr(long desc, long used, long avail) throws ProtocolException {
        if (!description.isAt(desc, used, avail)) {
            checkStopped();
        }
        description.setAddresses(desc, used, avail);
    }

    /**
     * VHOST_VRING_F_LOG: whether the used ring is logged, and where; may change while the ring is active. Of a packed ring that is
     * the device area; the descriptors, which are the used ones as well, have no other place in the log than their own.
     */
    void setLog(boolean on, long address) {
        description.setLog(on, address);
        if (active()) {
            logUsed();
        }
    }

    private void logUsed() {
        description.log(memory, life());
    }

    void setBase(long num) throws ProtocolException {
        checkStopped();
        if (!life().isBase(num)) {
            throw new ProtocolException("ring " + index() + " cannot begin at " + num, Errno.EINVAL);
        }
        int next = life().base(num, base());
        if (next != base()) {
            newLife |= baseTold;
        }
        setBase(next);
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

    /** How it interrupts its driver. */
    RingCalls calls() {
        return calls;
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
        if (life().mayOweInterrupt()) {
            calls.call(); // the interrupt for the last ones may never have been sent
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
        description.describe(users, life());
    }

    /** Whether what the front end says continues the life of the paused queue, with the same chains. */
    boolean goesOn(UserAddresses users) {
        try {
            boolean isAsBefore = registers.paused() && started && hasRecord() && description.isAsTold(users, life());
            return isAsBefore && life().goesOn(base());
        } catch (ProtocolException | GuestMemoryException e) {
            return false; // it cannot become active
        }
    }

    /** Whether there is a record with room for the ring: a buffer that was made for the other format is none. */
    private boolean hasRecord() {
        boolean another = registers.isPacked() ? split.isFrontEnds() : packed != null && packed.isFrontEnds();
        return !another && life().record().fits(description.size());
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

    /**
     * The driver has begun anew, as far as started rings show: what we recorded was before that. A packed ring that is not started
     * yet is judged by itself when it is.
     */
    void begin() {
        split.begin();
        if (packed != null && started) {
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
        description.reset();
        baseKnown = false;
        baseTold = false;
        newLife = false;
        calls.forgetOwed();
    }

    /** The front end is gone. */
    void disconnect() {
        kick.clear();
        calls.disconnect();
    }

    private int index() {
        return registers.queue().index();
    }
}
