// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import java.util.Optional;
import org.vsnd.spi.Host;

/** A host in this process with time of its own: everything in it happens on the test's thread. */
public final class VirtualHost implements Host {
    private static final long START_NANOS = 1_000_000_000_000L;

    private final FlatMemory memory;
    private final InterruptLog interrupts;
    private final VirtualTime time;

    /** A host with this memory and these interrupts. */
    public VirtualHost(FlatMemory memory, InterruptLog interrupts) {
        this(memory, interrupts, START_NANOS);
    }

    /** The same with a clock that begins at {@code startNanos}. */
    public VirtualHost(FlatMemory memory, InterruptLog interrupts, long startNanos) {
        this.memory = memory;
        this.interrupts = interrupts;
        time = new VirtualTime(startNanos);
    }

    @Override
    public FlatMemory memory() {
        return memory;
    }

    @Override
    public InterruptLog interrupts() {
        return interrupts;
    }

    @Override
    public VirtualTime thread() {
        return time;
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return Optional.empty();
    }

    /** Counts what the device allocates. */
    public AllocationMeter meter() {
        return time.meter();
    }
}
