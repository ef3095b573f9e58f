// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.guest.host.VirtualTime;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Host;

/** A host whose guest has another processor: before each access of the device to memory it may have written something there. */
final class RestlessHost implements Host, GuestMemory {
    private final VirtualHost host;
    private Runnable before = () -> {};

    RestlessHost(VirtualHost host) {
        this.host = host;
    }

    /** What is done before each access, which must not lead to one. */
    void before(Runnable done) {
        before = done;
    }

    @Override
    public GuestMemory memory() {
        return this;
    }

    @Override
    public InterruptLog interrupts() {
        return host.interrupts();
    }

    @Override
    public VirtualTime thread() {
        return host.thread();
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return host.ability(type);
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        before.run();
        host.memory().read(address, dst);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        before.run();
        host.memory().write(address, src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        before.run();
        return host.memory().loadAcquire16(address);
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        before.run();
        host.memory().storeRelease16(address, value);
    }
}
