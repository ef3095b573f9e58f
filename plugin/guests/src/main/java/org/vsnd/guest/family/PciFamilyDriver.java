// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;

/** What every driver over virtio-pci has. */
abstract class PciFamilyDriver implements FamilyDriver {
    private final Bus bus;
    private final GuestPages memory;
    private final DriverCounts counts = new DriverCounts();
    private @Nullable ModernPci pci;

    PciFamilyDriver(Bus bus) {
        this.bus = bus;
        memory = new GuestPages(bus);
    }

    final Bus bus() {
        return bus;
    }

    /** Finds the card, at boot. */
    final ModernPci probe() {
        ModernPci found = new ModernPci(bus, memory);
        pci = found;
        return found;
    }

    /** The card found. */
    final ModernPci pci() {
        return booted(pci);
    }

    /** What is there once the driver has booted. */
    static <T> T booted(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the driver has not booted");
        }
        return value;
    }

    /** Sets a queue up at the device's size, or a smaller one. */
    final DriverQueue queue(int index, int atMost, int vector) {
        int size = pci().queueSize(index);
        if (size == 0) {
            throw new GuestTroubleException(false, "queue " + index + " is missing");
        }
        return pci().enableQueue(index, Math.min(size, atMost), vector, 0);
    }

    /** Unloading resets the card and frees everything. */
    @Override
    public void close() {
        pci().reset();
        memory.freeAll();
    }

    @Override
    public final DriverCounts counts() {
        return counts;
    }

    @Override
    public final GuestPages memory() {
        return memory;
    }
}
