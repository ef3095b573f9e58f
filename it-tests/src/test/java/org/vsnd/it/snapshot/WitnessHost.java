// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.snapshot;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.guest.host.VirtualTime;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;

/** One of the hosts a card lives in: what the device does goes into the transcript, in the guest's time. */
final class WitnessHost implements Host, GuestMemory, PciInterrupts {
    private final VirtualHost host;
    private final Transcript transcript;
    private final long guestOffsetNanos; // the guest's time less the host's
    private long memoryAccesses;
    private boolean quiet;

    WitnessHost(VirtualHost host, Transcript transcript, long guestNanos) {
        this.host = host;
        this.transcript = transcript;
        guestOffsetNanos = guestNanos - host.thread().nanoTime();
    }

    /** The guest's time. */
    long guestNanos() {
        return host.thread().nanoTime() + guestOffsetNanos;
    }

    /** Interrupts are none of the guest's: the card is being restored, or thrown away. */
    void setQuiet(boolean wanted) {
        quiet = wanted;
    }

    /** How often the device has touched guest memory. */
    long memoryAccesses() {
        return memoryAccesses;
    }

    InterruptLog log() {
        return host.interrupts();
    }

    private void at(String what) {
        if (!quiet) {
            transcript.add(what);
        }
    }

    @Override
    public GuestMemory memory() {
        return this;
    }

    @Override
    public PciInterrupts interrupts() {
        return this;
    }

    @Override
    public VirtualTime thread() {
        return host.thread();
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return Optional.empty();
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        memoryAccesses++;
        host.memory().read(address, dst);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        memoryAccesses++;
        transcript.wrote(address, src);
        host.memory().write(address, src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        memoryAccesses++;
        return host.memory().loadAcquire16(address);
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        memoryAccesses++;
        at("store " + Long.toHexString(address) + " " + value);
        host.memory().storeRelease16(address, value);
    }

    @Override
    public int msixVectors() {
        return log().msixVectors();
    }

    @Override
    public boolean hostMasksMsix() {
        return log().hostMasksMsix();
    }

    @Override
    public void sendMsix(int vector, long address, int data) {
        at("msix " + vector + " " + Long.toHexString(address) + " " + data);
        log().sendMsix(vector, address, data);
    }

    @Override
    public boolean msixPending(int vector) {
        return log().msixPending(vector);
    }

    @Override
    public void setIntx(boolean asserted) {
        at("intx " + asserted);
        log().setIntx(asserted);
    }
}
