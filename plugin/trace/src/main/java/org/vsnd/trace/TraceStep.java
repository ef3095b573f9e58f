// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One line of a trace. Addresses, offsets, lengths and register values are unsigned; an address may need all 64 bits.
 */
public sealed interface TraceStep {
    /** Time in microseconds of the guest's clock, from an arbitrary start. */
    long micros();

    /** Who did it: {@code firmware}, or the guest's name. */
    String agent();

    /** An access to the card's configuration space, at 0 to 4095, of 1, 2 or 4 bytes. */
    record ConfigAccess(long micros, String agent, boolean write, int offset, int size, long value)
            implements TraceStep {}

    /** An access to BAR 0 to 5, of 1, 2, 4 or 8 bytes. */
    record BarAccess(long micros, String agent, boolean write, int bar, long offset, int size, long value)
            implements TraceStep {}

    /** The driver maps a piece of a BAR. */
    record MapBar(long micros, String agent, int bar, long offset, long size) implements TraceStep {}

    /** Memory of the guest that is for DMA from now on. */
    record Area(long micros, String agent, String name, long address, long size) implements TraceStep {}

    /** Memory that is for DMA no longer. */
    record AreaFree(long micros, String agent, long address, long size) implements TraceStep {}

    /**
     * A chain that has become available: logged after the notify that exposed it, or, where the driver saw no need to
     * notify, when the card took it.
     *
     * @param availIdx the available ring's index that includes it, 0 to 65535
     * @param availFlags the available ring's flags, 0 to 65535
     * @param head index of its first descriptor
     * @param indirect the table of an indirect chain; the chain is then what the table holds
     * @param chain its descriptors, with what the driver wrote into the readable ones
     */
    record Avail(
            long micros,
            String agent,
            int queue,
            int availIdx,
            int availFlags,
            int head,
            Optional<IndirectTable> indirect,
            List<TraceDescriptor> chain)
            implements TraceStep {
        /** Keeps a copy of the list. */
        public Avail {
            chain = List.copyOf(chain);
        }
    }

    /** Where an indirect descriptor table is, in bytes. */
    record IndirectTable(long address, long length) {}

    /**
     * A used element, as the guest found it, or as the card wrote it.
     *
     * @param usedIdx the used ring's index that includes it, 0 to 65535
     * @param id head of the chain
     * @param length bytes written, as the element says
     * @param written the chain's writable descriptors, with what was found there
     */
    record Used(long micros, String agent, int queue, int usedIdx, int id, long length, List<TraceDescriptor> written)
            implements TraceStep {
        /** Keeps a copy of the list. */
        public Used {
            written = List.copyOf(written);
        }
    }

    /** How an interrupt comes. */
    enum InterruptKind {
        MSIX,
        INTX
    }

    /** An interrupt is delivered; the vector is MSI-X's, and means nothing for INTx. */
    record Interrupt(long micros, String agent, InterruptKind kind, int vector) implements TraceStep {}

    /** The guest has installed a handler. */
    record InterruptInstall(long micros, String agent, int irq) implements TraceStep {}

    /** The card was reset, and how: {@code device_status=0}, or the host's way. */
    record Reset(long micros, String agent, String how) implements TraceStep {}

    /** A step at the guest's level, such as the n-th exchange of buffers. */
    record Mark(long micros, String agent, String name, OptionalInt n) implements TraceStep {}

    /** From here on the guest never goes on; what it waits for. */
    record Hang(long micros, String agent, String what) implements TraceStep {}

    /** So many steps were not recorded, since the recorder could not keep up: what follows cannot be replayed. */
    record Lost(long micros, String agent, long steps) implements TraceStep {}

    /** An operation that is not known here, as it stood there. */
    record Unknown(long micros, String agent, String op, JsonObject line) implements TraceStep {}
}
