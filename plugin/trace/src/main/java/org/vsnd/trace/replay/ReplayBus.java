// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.host.VirtualTimeBus;
import org.vsnd.spi.PciFunction;

/** The way to a card under a {@link ReplayHost}. */
final class ReplayBus extends VirtualTimeBus {
    private final ReplayHost host;
    private final ReplayMemory memory;

    ReplayBus(ReplayHost host, PciFunction function, ReplayMemory memory) {
        super(host.thread(), function);
        this.host = host;
        this.memory = memory;
    }

    /** The host resets the function by its own means. */
    void reset() {
        function().reset();
        host.thread().settle();
    }

    @Override
    public GuestRam ram() {
        return memory.ram();
    }

    @Override
    public DmaGuard guard() {
        return memory.flat();
    }

    @Override
    public long messages(int data) {
        throw new UnsupportedOperationException("interrupts are told to a listener");
    }

    @Override
    public boolean intxAsserted() {
        return host.interrupts().asserted();
    }

    @Override
    public void close() {
        function().close();
        host.thread().settle();
        host.interrupts().close();
    }
}
