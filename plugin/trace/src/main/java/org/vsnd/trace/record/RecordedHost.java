// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.util.Optional;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.Host;

/** A host whose device is recorded: the thread and its time are the host's own. */
record RecordedHost(Host host, RecordedMemory memory, RecordedInterrupts interrupts) implements Host {
    @Override
    public DeviceThread thread() {
        return host.thread();
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return host.ability(type);
    }
}
