// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.spi.PciFunction;

/** The way to a card under a {@link ReplayHost}. */
final class ReplayBus implements Bus {
    private final ReplayHost host;
    private final PciFunction function;
    private final ReplayMemory memory;

    ReplayBus(ReplayHost host, PciFunction function, ReplayMemory memory) {
        this.host = host;
        this.function = function;
        this.memory = memory;
    }

    @Override
    public int readConfig(int offset, int size) {
        int value = function.readConfig(offset, size);
        host.thread().settle();
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        function.writeConfig(offset, size, value);
        host.thread().settle();
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        long value = function.readBar(bar, offset, size);
        host.thread().settle();
        return value;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        function.writeBar(bar, offset, size, value);
        host.thread().settle();
    }

    /** The host resets the function by its own means. */
    void reset() {
        function.reset();
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
    public long nanoTime() {
        return host.thread().nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        return host.thread().await(condition, timeoutNanos);
    }

    @Override
    public void close() {
        function.close();
        host.thread().settle();
        host.interrupts().close();
    }
}
