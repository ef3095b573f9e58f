// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.ForwardingBus;
import org.vsnd.trace.TraceStep;

/** A bus that keeps every access the driver makes, as a trace would have it. */
final class WitnessBus extends ForwardingBus {
    private static final String AGENT = "guest";

    private final Bus bus;
    private final long startNanos;
    private final List<TraceStep> accesses = new ArrayList<>();

    WitnessBus(Bus bus) {
        super(bus);
        this.bus = bus;
        startNanos = bus.nanoTime();
    }

    /** Every access so far, with times from the beginning on. */
    List<TraceStep> accesses() {
        return accesses;
    }

    private void config(boolean write, int offset, int size, int value) {
        accesses.add(new TraceStep.ConfigAccess(micros(), AGENT, write, offset, size, clip(value, size)));
    }

    private void bar(boolean write, int bar, long offset, int size, long value) {
        accesses.add(new TraceStep.BarAccess(micros(), AGENT, write, bar, offset, size, clip(value, size)));
    }

    private long micros() {
        return (bus.nanoTime() - startNanos) / 1000;
    }

    private static long clip(long value, int size) {
        return size == 8 ? value : value & ~(-1L << (8 * size));
    }

    @Override
    public int readConfig(int offset, int size) {
        int value = bus.readConfig(offset, size);
        config(false, offset, size, value);
        return value;
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        config(true, offset, size, value);
        bus.writeConfig(offset, size, value);
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        long value = bus.readBar(bar, offset, size);
        bar(false, bar, offset, size, value);
        return value;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        bar(true, bar, offset, size, value);
        bus.writeBar(bar, offset, size, value);
    }

    @Override
    public void pass(long nanos) {
        bus.pass(nanos);
    }
}
