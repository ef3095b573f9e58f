// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.host;

import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;

/**
 * The smallest host that goes by the wall clock: the device in this process on a thread of its own, the guest on another
 * one. May bring the host audio that the card is to use.
 */
public final class WallHost implements Host {
    private final FlatMemory memory;
    private final InterruptLog log;
    private final WallThread thread = new WallThread("vsnd-device-wall");
    private final @Nullable AudioBackend audio;
    private final PciInterrupts interrupts = new WakingInterrupts();
    private volatile @Nullable Thread guest;

    /**
     * A host.
     *
     * @param memory that the device may touch everywhere: two threads cannot share a guard
     * @param audio for the card to play into and record from; null if it is to open its own
     */
    public WallHost(FlatMemory memory, InterruptLog log, @Nullable AudioBackend audio) {
        this.memory = memory;
        this.log = log;
        this.audio = audio;
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
        return type.isInstance(audio) ? Optional.of(type.cast(audio)) : Optional.empty();
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
