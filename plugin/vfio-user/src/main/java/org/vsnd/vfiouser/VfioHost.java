// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.util.Optional;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;

/** What a vfio-user client offers the function; its only ability is the budget. */
record VfioHost(GuestMemory memory, PciInterrupts interrupts, DeviceThread thread, CardBudget budget) implements Host {
    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return type.isInstance(budget) ? Optional.of(type.cast(budget)) : Optional.empty();
    }
}
