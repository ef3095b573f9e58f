// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.pci.ConfigSpace;
import org.vsnd.pci.PciIdentity;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/** A function with any BARs, which remembers what was done to it. A write to {@link #RESET} resets it. */
final class FakeFunction implements PciFunction {
    static final int VENDOR = 0x1234;
    static final int RESET = 0x40;
    /** What BARs read as, whatever the size. */
    static final long ANSWER = 0x8877_6655_4433_2211L;

    final List<String> accesses = new ArrayList<>();
    final ConfigSpace config;
    int configReads;
    private final List<Bar> bars;

    FakeFunction(int deviceId, Bar... bars) {
        config = new ConfigSpace(VENDOR, deviceId, new PciIdentity(0x040100, 0, 0, 0));
        this.bars = List.of(bars);
        for (Bar bar : bars) {
            config.declare(bar);
        }
    }

    /** The interrupt pin register: 0 none, 1 is INTA#. */
    FakeFunction withPin(int pin) {
        config.set(0x3d, 1, pin);
        return this;
    }

    /** The accesses since the last call. */
    List<String> takeAccesses() {
        List<String> taken = List.copyOf(accesses);
        accesses.clear();
        return taken;
    }

    @Override
    public List<Bar> bars() {
        return bars;
    }

    @Override
    public int readConfig(int offset, int size) {
        configReads++;
        return config.read(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        if (offset == RESET) {
            config.reset();
        } else {
            config.write(offset, size, value);
        }
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        accesses.add(String.format("read %d at 0x%x of bar %d", size, offset, bar));
        return ANSWER;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        accesses.add(String.format("write %d at 0x%x of bar %d: 0x%x", size, offset, bar, value));
    }

    @Override
    public void reset() {
        accesses.add("reset");
        config.reset();
    }

    @Override
    public void close() {
        accesses.add("close");
    }
}
