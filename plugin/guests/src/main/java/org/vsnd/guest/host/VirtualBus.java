// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.spi.PciFunction;

/** The way to a function under a {@link VirtualHost}. */
public final class VirtualBus extends VirtualTimeBus {
    private final VirtualHost host;
    private final GuestRam ram;

    /** The function was made with this host. */
    public VirtualBus(VirtualHost host, PciFunction function) {
        super(host.thread(), function);
        this.host = host;
        ram = host.memory().ram();
    }

    /** The host. */
    public VirtualHost host() {
        return host;
    }

    @Override
    public GuestRam ram() {
        return ram;
    }

    @Override
    public DmaGuard guard() {
        return host.memory();
    }

    @Override
    public long messages(int data) {
        return host.interrupts().messages(data);
    }

    @Override
    public boolean intxAsserted() {
        return host.interrupts().intxAsserted();
    }

    @Override
    public void close() {
        function().close();
        host.interrupts().close();
    }
}
