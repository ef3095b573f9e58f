// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

import java.util.Optional;

/** What the emulator offers one device. It lives at least as long as the device's {@link PciFunction}. */
public interface Host {
    /** The guest's memory as the device sees it on the bus. */
    GuestMemory memory();

    /** The way to interrupt the guest. */
    PciInterrupts interrupts();

    /** The device's thread, clock and timers; its {@link DeviceThread#timeBase()} decides who sets the pace. */
    DeviceThread thread();

    /**
     * Something that a host may be able to do beyond this interface, such as snapshots.
     *
     * @param type the ability's interface
     * @return the ability, or empty if this host does not have it
     */
    <T> Optional<T> ability(Class<T> type);
}
