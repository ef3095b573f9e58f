// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;

/**
 * The smallest host that goes by the wall clock: the device in this process on a thread of its own, the guest on another
 * one. May bring what the card asks a host for, such as the host audio that it is to use.
 */
public final class WallHost implements Host {
    private final FlatMemory memory;
    private final InterruptLog log;
    private final WallThread thread;
    private final List<Object> abilities;
    private final PciInterrupts interrupts = new WakingInterrupts();
    private volatile @Nullable Thread guest;

    /**
     * A host.
     *
     * @param memory that the device may touch everywhere: two threads cannot share a guard
     * @param first the device thread's first deed: rare wake-ups are late unless it asks for a real-time priority
     * @param abilities what the card is given when it asks for a type that one of them has
     */
    public WallHost(FlatMemory memory, InterruptLog log, Runnable first, Object... abilities) {
        this.memory = memory;
        this.log = log;
        thread = new WallThread("vsnd-device-wall", first);
        this.abilities = List.of(abilities);
    }

    @Override
    public FlatMemory memory() {
        return memory;
    }

    @Override
    public PciInterrupts interrupts() {
        return interrupts;
    }

    @Override
    public WallThread thread() {
        return thread;
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return abilities.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** The interrupts that came. */
    InterruptLog log() {
        return log;
    }

    /** Who is to be woken by an interrupt. */
    void guest(Thread processor) {
        guest = processor;
    }

    /** Keeps what comes and wakes the guest. */
    private final class WakingInterrupts implements PciInterrupts {
        @Override
        public int msixVectors() {
            return log.msixVectors();
        }

        @Override
        public boolean hostMasksMsix() {
            return log.hostMasksMsix();
        }

        @Override
        public void sendMsix(int vector, long address, int data) {
            log.sendMsix(vector, address, data);
            LockSupport.unpark(guest);
        }

        @Override
        public boolean msixPending(int vector) {
            return log.msixPending(vector);
        }

        @Override
        public void setIntx(boolean asserted) {
            log.setIntx(asserted);
            LockSupport.unpark(guest);
        }
    }
}
