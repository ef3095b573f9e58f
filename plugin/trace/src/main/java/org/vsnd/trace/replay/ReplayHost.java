// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.Optional;
import org.vsnd.guest.host.VirtualTime;
import org.vsnd.spi.Host;

/** The host of a card that a trace is replayed against: guarded memory, watched interrupts, virtual time. */
record ReplayHost(WatchedMemory memory, InterruptWatch interrupts, VirtualTime thread) implements Host {
    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return Optional.empty();
    }
}
