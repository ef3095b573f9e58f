// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceStep;
import org.vsnd.trace.card.SndNames;

/** Looks at who has the memory of chains: from the moment a chain is sent until it is back it is the card's. */
final class MemoryReview {
    private record Held(long end, SentChain chain) {}

    private final Predicate<SentChain> stoppedSince;
    private final Remarks remarks;
    private final TreeMap<Long, Held> writable = new TreeMap<>(Long::compareUnsigned); // by first address
    private final Map<SentChain, Boolean> pending = new HashMap<>();

    /** @param stoppedSince whether the stream of a pending message was stopped since it was sent */
    MemoryReview(Predicate<SentChain> stoppedSince, Remarks remarks) {
        this.stoppedSince = stoppedSince;
        this.remarks = remarks;
    }

    /** A chain is on its way to the card. */
    void sent(SentChain chain) {
        for (TraceDescriptor descriptor : chain.descriptors()) {
            if (descriptor.isWritable() && descriptor.length() > 0) {
                hold(descriptor, chain);
            }
        }
        pending.put(chain, true);
    }

    private void hold(TraceDescriptor descriptor, SentChain chain) {
        long start = descriptor.address();
        long end = start + descriptor.length();
        Held other = holder(start, end);
        if (other == null) {
            writable.put(start, new Held(end, chain));
        } else if (other.chain() != chain) {
            RemarkKind kind =
                    stoppedSince.test(other.chain()) ? RemarkKind.PENDING_MEMORY_TAKEN : RemarkKind.MEMORY_TWICE;
            String seen = String.format(
                    "0x%x, which is in a chain of the %s sent at line %d",
                    start, SndNames.queue(other.chain().queue()), other.chain().line());
            remarks.add(kind, chain.line(), chain.micros(), seen);
        }
    }

    /** Who holds any of these bytes. */
    private @Nullable Held holder(long start, long end) {
        Map.Entry<Long, Held> below = writable.lowerEntry(end);
        return below != null && Long.compareUnsigned(below.getValue().end(), start) > 0 ? below.getValue() : null;
    }

    /** A chain is back. */
    void back(SentChain chain) {
        pending.remove(chain);
        for (TraceDescriptor descriptor : chain.descriptors()) {
            Held held = writable.get(descriptor.address());
            if (held != null && held.chain() == chain) {
                writable.remove(descriptor.address());
            }
        }
    }

    /** Memory of the guest is for DMA no longer. */
    void freed(TraceStep.AreaFree area, int line) {
        for (SentChain chain : pending.keySet()) {
            boolean inside = chain.descriptors().stream()
                    .anyMatch(descriptor -> descriptor.address() < area.address() + area.size()
                            && area.address() < descriptor.address() + descriptor.length());
            if (inside) {
                String seen = String.format(
                        "0x%x is freed, which is in a chain of the %s sent at line %d",
                        area.address(), SndNames.queue(chain.queue()), chain.line());
                remarks.add(RemarkKind.PENDING_MEMORY_TAKEN, line, area.micros(), seen);
            }
        }
    }

    /** The card was reset: everything is the driver's. */
    void reset() {
        writable.clear();
        pending.clear();
    }
}
