package org.vsnd.vfiouser;

import java.util.Optional;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;

/** What a vfio-user client offers the function; no abilities beyond that. */
record VfioHost(GuestMemory memory, PciInterrupts interrupts, DeviceThread thread) implements Host {
    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return Optional.empty();
    }
}
