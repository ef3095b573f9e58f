// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.spi.PciFunction;

/** The way to a function under a {@link VirtualHost}. */
public final class VirtualBus implements Bus {
    private final VirtualHost host;
    private final PciFunction function;
    private final GuestRam ram;

    /** The function was made with this host. */
    public VirtualBus(VirtualHost host, PciFunction function) {
        this.host = host;
        this.function = function;
        ram = host.memory().ram();
    }

    /** The host. */
    public VirtualHost host() {
        return host;
    }

    /** The function. */
    public PciFunction function() {
        return function;
    }

    @Override
    public int readConfig(int offset, int size) {
        host.meter().enter();
        int value = function.readConfig(offset, size);
        host.meter().leave();
        host.thread().settle();
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        host.meter().enter();
        function.writeConfig(offset, size, value);
        host.meter().leave();
        host.thread().settle();
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        host.meter().enter();
        long value = function.readBar(bar, offset, size);
        host.meter().leave();
        host.thread().settle();
        return value;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        host.meter().enter();
        function.writeBar(bar, offset, size, value);
        host.meter().leave();
        host.thread().settle();
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
    public long nanoTime() {
        return host.thread().nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        return host.thread().await(condition, timeoutNanos);
    }

    @Override
    public void pass(long nanos) {
        host.thread().advance(nanos);
    }

    @Override
    public void close() {
        function.close();
        host.interrupts().close();
    }
}
