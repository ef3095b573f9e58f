// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import java.util.function.BooleanSupplier;
import java.util.function.IntToLongFunction;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.pci.ecam.EcamHostBridge;

/**
 * The way to the card of a {@link ReferenceHost} as a guest's processor has it: loads and stores at the addresses of
 * configuration space and BARs, wherever the driver has put these. While the driver waits, the machine runs in steps, each
 * followed by whatever has become due in it; between steps it is kept to its speed. One thread, the device's own.
 */
public final class ReferenceBus implements Bus {
    /** As fast as it will go: no wall time at all. */
    public static final double UNPACED = Double.POSITIVE_INFINITY;

    private static final long STEP_NANOS = 100_000;
    private static final int DEVICE_SHIFT = 15;
    private static final int BASE_ADDRESS_0 = 0x10;
    private static final long ADDRESS_MASK = 0xffff_fff0L;
    private static final int TYPE_MASK = 0x6;
    private static final int TYPE_64_BIT = 0x4;

    private final ReferenceHost host;
    private final EcamHostBridge bridge;
    private final long config;
    private final GuestRam ram;
    private final BooleanSupplier intx;
    private final IntToLongFunction messages;
    private final WallPace pace;

    /**
     * A way to the card.
     *
     * @param bridge with the card in device 1
     * @param ram the host's memory
     * @param intx level of the line to which the card's pin leads
     * @param messages how many messages have come with a data value
     */
    public ReferenceBus(
            ReferenceHost host, EcamHostBridge bridge, GuestRam ram, BooleanSupplier intx, IntToLongFunction messages) {
        this.host = host;
        this.bridge = bridge;
        config = bridge.layout().ecamAddress() + (1L << DEVICE_SHIFT);
        this.ram = ram;
        this.intx = intx;
        this.messages = messages;
        pace = new WallPace(UNPACED, host.thread().nanoTime());
    }

    /** From now on guest time passes this many times as fast as the wall's while the driver waits; at first {@link #UNPACED}. */
    public void setSpeed(double speed) {
        pace.change(speed, nanoTime());
    }

    /** All of a sudden it is later, as after a snapshot was restored. */
    public void jump(long nanos) {
        host.thread().advance(nanos);
    }

    private long barAddress(int bar) {
        long low = bridge.load(config + BASE_ADDRESS_0 + 4L * bar, 4);
        boolean wide = (low & TYPE_MASK) == TYPE_64_BIT;
        long high = wide ? bridge.load(config + BASE_ADDRESS_0 + 4L * bar + 4, 4) : 0;
        return (low & ADDRESS_MASK) | (high << 32);
    }

    @Override
    public int readConfig(int offset, int size) {
        return (int) bridge.load(config + offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        bridge.store(config + offset, size, value);
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        return bridge.load(barAddress(bar) + offset, size);
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        bridge.store(barAddress(bar) + offset, size, value);
    }

    @Override
    public GuestRam ram() {
        return ram;
    }

    @Override
    public DmaGuard guard() {
        return DmaGuard.NONE;
    }

    @Override
    public long messages(int data) {
        return messages.applyAsLong(data);
    }

    @Override
    public boolean intxAsserted() {
        return intx.getAsBoolean();
    }

    @Override
    public long nanoTime() {
        return host.thread().nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long startNanos = nanoTime();
        while (!condition.getAsBoolean()) {
            long leftNanos = timeoutNanos - (nanoTime() - startNanos);
            if (leftNanos <= 0) {
                return false;
            }
            host.thread().advance(Math.min(leftNanos, STEP_NANOS));
            pace.keep(nanoTime());
        }
        return true;
    }

    @Override
    public void close() {
        host.close();
    }
}
