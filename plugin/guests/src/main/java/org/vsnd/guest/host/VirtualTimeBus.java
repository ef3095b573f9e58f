// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.Bus;
import org.vsnd.spi.PciFunction;

/** The way to a function in {@link VirtualTime}: when an access returns, all that it made due has been done. */
public abstract class VirtualTimeBus implements Bus {
    private final VirtualTime time;
    private final PciFunction function;

    /** The function's device thread has this time. */
    protected VirtualTimeBus(VirtualTime time, PciFunction function) {
        this.time = time;
        this.function = function;
    }

    /** The function. */
    public final PciFunction function() {
        return function;
    }

    @Override
    public final int readConfig(int offset, int size) {
        time.meter().enter();
        int value = function.readConfig(offset, size);
        time.meter().leave();
        time.settle();
        return value;
    }

    @Override
    public final void writeConfig(int offset, int size, int value) {
        time.meter().enter();
        function.writeConfig(offset, size, value);
        time.meter().leave();
        time.settle();
    }

    @Override
    public final long readBar(int bar, long offset, int size) {
        time.meter().enter();
        long value = function.readBar(bar, offset, size);
        time.meter().leave();
        time.settle();
        return value;
    }

    @Override
    public final void writeBar(int bar, long offset, int size, long value) {
        time.meter().enter();
        function.writeBar(bar, offset, size, value);
        time.meter().leave();
        time.settle();
    }

    @Override
    public final long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public final boolean await(BooleanSupplier condition, long timeoutNanos) {
        return time.await(condition, timeoutNanos);
    }

    @Override
    public final void pass(long nanos) {
        time.advance(nanos);
    }
}
