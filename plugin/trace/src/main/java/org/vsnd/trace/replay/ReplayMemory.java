// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.vsnd.guest.driver.GuestAllocator;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;

/**
 * The guest's memory, as much of it as the trace's buffers cover, and a place for rings behind it. Buffers that lie close
 * together keep their distances; a trace whose buffers are all close together keeps its addresses. The card may touch
 * nothing but what it is offered.
 */
final class ReplayMemory {
    private static final long PAGE = 4096;
    private static final long CLOSE = 64 << 10;
    private static final long MAX_BYTES = 64 << 20;
    private static final int RINGS_BYTES = 4 << 20;
    /** Addresses of the trace that leave no room behind them are not kept. */
    private static final long HIGHEST_BASE = 1L << 62;

    private static final long OTHER_BASE = 1L << 32;

    /** A stretch of the trace's memory, in whole pages, and where it is here, from the base. */
    private record Extent(long start, long length, long offset) {}

    private final List<Extent> extents;
    private final long base;
    private final FlatMemory flat;
    private final GuestRam ram;
    private final GuestAllocator rings;

    private ReplayMemory(List<Extent> extents, long length) {
        this.extents = extents;
        long lowest = extents.isEmpty() ? OTHER_BASE : extents.get(0).start();
        base = lowest >= 0 && lowest < HIGHEST_BASE ? lowest : OTHER_BASE;
        flat = FlatMemory.guardedAlone(base, (int) (length + RINGS_BYTES));
        ram = flat.ram();
        rings = new GuestAllocator(ram, base + length, RINGS_BYTES);
    }

    /** Room for every buffer of the trace. */
    static ReplayMemory of(Trace trace) throws TraceException {
        List<long[]> pieces = new ArrayList<>(); // first page and the page behind the last, as unsigned page numbers
        for (int i = 0; i < trace.steps().size(); i++) {
            if (trace.steps().get(i) instanceof TraceStep.Avail avail) {
                for (TraceDescriptor descriptor : avail.chain()) {
                    addPages(pieces, descriptor, trace, i + 1);
                }
            }
        }
        pieces.sort(Comparator.comparingLong(piece -> piece[0]));
        List<Extent> extents = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < pieces.size(); ) {
            long first = pieces.get(i)[0];
            long end = pieces.get(i)[1];
            for (i++; i < pieces.size() && pieces.get(i)[0] <= end + CLOSE / PAGE; i++) {
                end = Math.max(end, pieces.get(i)[1]);
            }
            long length = (end - first) * PAGE;
            extents.add(new Extent(first * PAGE, length, offset));
            offset += length + PAGE; // one that nobody is offered
            if (end - first > MAX_BYTES / PAGE || offset > MAX_BYTES) {
                throw new TraceException(trace.file() + ": its buffers take more than " + (MAX_BYTES >> 20)
                        + " MiB of the guest's memory, which is more than can be replayed");
            }
        }
        return new ReplayMemory(extents, offset + PAGE);
    }

    private static void addPages(List<long[]> pieces, TraceDescriptor descriptor, Trace trace, int line)
            throws TraceException {
        if (descriptor.length() == 0) {
            return;
        }
        long last = descriptor.address() + descriptor.length() - 1;
        if (Long.compareUnsigned(last, descriptor.address()) < 0) {
            throw new TraceException(
                    trace.file().getFileName() + ":" + line + ": a buffer must not go beyond the last 64-bit address");
        }
        pieces.add(new long[] {descriptor.address() >>> 12, (last >>> 12) + 1});
    }

    /** Where a buffer of the trace is here. */
    long place(long tracedAddress) {
        for (Extent extent : extents) {
            long within = tracedAddress - extent.start();
            if (within >= 0 && within < extent.length()) {
                return base + extent.offset() + within;
            }
        }
        return base; // of a buffer without bytes: its address does not matter
    }

    /** The card must not touch this memory of the trace's any longer. */
    void withdraw(long tracedAddress, long length) {
        for (Extent extent : extents) {
            long from = Math.max(tracedAddress - extent.start(), 0);
            long to = Math.min(tracedAddress - extent.start() + length, extent.length());
            if (from < to) {
                flat.withdraw(base + extent.offset() + from, to - from);
            }
        }
    }

    /** The card must not touch any buffer any longer. */
    void withdrawAll() {
        for (Extent extent : extents) {
            flat.withdraw(base + extent.offset(), extent.length());
        }
    }

    FlatMemory flat() {
        return flat;
    }

    GuestRam ram() {
        return ram;
    }

    /** Memory for rings and tables. */
    GuestAllocator rings() {
        return rings;
    }
}
