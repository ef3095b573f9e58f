// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.spi.PciFunction;

/** The way to a function under a {@link WallHost}, for one guest thread. */
public final class WallBus implements Bus {
    /** A condition that no interrupt announces is looked at this often. */
    private static final long LOOK_NANOS = 1_000_000;

    private final WallHost host;
    private final PciFunction function;
    private final GuestRam ram;
    private boolean closed;

    /** The function was made with this host; from here on it is used on the host's device thread only. */
    public WallBus(WallHost host, PciFunction function) {
        this.host = host;
        this.function = function;
        ram = host.memory().ram();
        host.thread().start();
    }

    @Override
    public int readConfig(int offset, int size) {
        return (int) host.thread().call(() -> function.readConfig(offset, size));
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        host.thread().call(() -> {
            function.writeConfig(offset, size, value);
            return 0;
        });
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        return host.thread().call(() -> function.readBar(bar, offset, size));
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        host.thread().call(() -> {
            function.writeBar(bar, offset, size, value);
            return 0;
        });
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
        return host.log().messages(data);
    }

    @Override
    public boolean intxAsserted() {
        return host.log().intxAsserted();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long startNanos = System.nanoTime();
        host.guest(Thread.currentThread());
        while (!condition.getAsBoolean()) {
            long leftNanos = timeoutNanos - (System.nanoTime() - startNanos);
            if (leftNanos <= 0) {
                return false;
            }
            LockSupport.parkNanos(this, Math.min(leftNanos, LOOK_NANOS));
        }
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            host.thread().call(() -> {
                function.close();
                return 0;
            });
            host.log().close();
            host.thread().close();
        }
    }
}
