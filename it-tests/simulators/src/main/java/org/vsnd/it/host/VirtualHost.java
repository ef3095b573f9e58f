package org.vsnd.it.host;

import java.util.Optional;
import org.vsnd.spi.Host;

/** A host in this process with time of its own: everything in it happens on the test's thread. */
public final class VirtualHost implements Host {
    private static final long START_NANOS = 1_000_000_000_000L;

    private final FlatMemory memory;
    private final InterruptLog interrupts;
    private final AllocationMeter meter = new AllocationMeter();
    private final VirtualTime time = new VirtualTime(START_NANOS, meter);

    /** A host with this memory and these interrupts. */
    public VirtualHost(FlatMemory memory, InterruptLog interrupts) {
        this.memory = memory;
        this.interrupts = interrupts;
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
        return meter;
    }
}
