// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.function.BooleanSupplier;

/** A bus that stands before another one: what it does not do otherwise, that one does. */
public abstract class ForwardingBus implements Bus {
    private final Bus bus;

    /** @param bus closed with this */
    protected ForwardingBus(Bus bus) {
        this.bus = bus;
    }

    @Override
    public int readConfig(int offset, int size) {
        return bus.readConfig(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        bus.writeConfig(offset, size, value);
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        return bus.readBar(bar, offset, size);
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        bus.writeBar(bar, offset, size, value);
    }

    @Override
    public GuestRam ram() {
        return bus.ram();
    }

    @Override
    public DmaGuard guard() {
        return bus.guard();
    }

    @Override
    public long messages(int data) {
        return bus.messages(data);
    }

    @Override
    public boolean intxAsserted() {
        return bus.intxAsserted();
    }

    @Override
    public long nanoTime() {
        return bus.nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        return bus.await(condition, timeoutNanos);
    }

    @Override
    public void close() {
        bus.close();
    }
}
