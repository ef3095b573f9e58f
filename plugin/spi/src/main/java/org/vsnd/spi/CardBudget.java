// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

import java.util.EnumMap;
import java.util.Map;

/**
 * Limits on what one card may take from its process, whatever its guest and its client ask for, so that no card
 * disturbs another. Most limits are far above what any known guest needs. Immutable.
 *
 * <p>A host that wants other numbers offers a {@code CardBudget} as an {@linkplain Host#ability ability}; otherwise
 * {@link #STANDARD} applies. {@code docs/security.md} lists the limits and what happens at each.
 */
public final class CardBudget {
    /** One thing that is limited. The unit is in the name; a limit without a time is for any one moment. */
    public enum Limit {
        /**
         * Bytes of sound that all streams may keep between guest and host, including those that play out after their
         * RELEASE. Eight playback and eight capture streams of 48 kHz stereo in 32 bits need 20 MiB, one of each in the
         * widest format at the highest rate 72 MiB. Memory is taken as it is filled, so an ordinary card uses a few
         * hundred KiB.
         */
        AUDIO_BYTES(80L << 20),

        /**
         * Streams that host audio may have, each with a thread and the descriptors it waits with; a stream that plays
         * out after its RELEASE counts. Enough for all 64 streams that {@code plugin.yaml} allows, and 32 outputs that
         * play out beside them.
         */
        HOST_STREAMS(96),

        /**
         * Threads that may be opening or closing a host's device. A host that hangs keeps such a thread for as long as
         * it hangs; further streams wait in silence for their turn.
         */
        HOST_OPENERS(16),

        /**
         * Descriptors in all chains of one queue that the device has taken and not given back. Linux needs one for each page of
         * its buffers: this is enough for 64 MiB, and takes 256 KiB of ours.
         */
        QUEUE_SEGMENTS(16 << 10),

        /**
         * Ranges of guest memory that a client may announce. QEMU has a dozen, up to 256 memory modules, and any number
         * for virtio-mem, one for each block plugged in; it is told this number and keeps to it.
         */
        DMA_RANGES(4096),

        /**
         * Mappings of the process for these ranges; ranges that follow each other in one file share one. The kernel
         * allows a process 65,530, so that sixty cards leave room for everything else.
         */
        MAPPINGS(512),

        /**
         * Bytes of address space for all mappings: more than a guest's memory, and a hundred cards fit into 47 bits.
         */
        MAPPED_BYTES(1L << 40),

        /**
         * Bytes of a card's saved state that a client may hand over. A card that holds the most descriptors on each of its
         * queues saves 800 KB.
         */
        STATE_BYTES(4 << 20),

        /** Bytes of a client's first message, before it has said what it is. Known clients send about 200. */
        BYTES_BEFORE_NEGOTIATION(4 << 10),

        /**
         * Acknowledgements of a level interrupt through a client's descriptor. A guest sends one for each interrupt:
         * two streams with the shortest periods that work send 1,500.
         */
        RESAMPLES_PER_SECOND(4000),

        /** Messages of a client that are handled before other work of the card and the process has its turn. */
        WORK_PER_WAKEUP(32),

        /** Lines of the log that a guest or client can cause, for each kind of line. */
        LOG_LINES_PER_SECOND(1);

        private final long standard;

        Limit(long standard) {
            this.standard = standard;
        }

        /** The limit unless the host says otherwise. */
        public long standard() {
            return standard;
        }
    }

    /** How much of one thing is taken, and its limit. */
    public record Use(Limit limit, long used, long most) {}

    /** The budget unless the host says otherwise. */
    public static final CardBudget STANDARD = new CardBudget(Map.of());

    private final EnumMap<Limit, Long> others = new EnumMap<>(Limit.class);

    private CardBudget(Map<Limit, Long> others) {
        this.others.putAll(others);
    }

    /** The budget of a host's card. */
    public static CardBudget of(Host host) {
        return host.ability(CardBudget.class).orElse(STANDARD);
    }

    /** The limit, at least 1. */
    public long most(Limit limit) {
        Long other = others.get(limit);
        return other == null ? limit.standard() : other;
    }

    /** The limit as an {@code int}, for things that are counted. */
    public int count(Limit limit) {
        return (int) Math.min(Integer.MAX_VALUE, most(limit));
    }

    /**
     * The same budget except for one limit.
     *
     * @throws IllegalArgumentException if {@code most} is below 1
     */
    public CardBudget with(Limit limit, long most) {
        if (most < 1) {
            throw new IllegalArgumentException(limit + "=" + most);
        }
        CardBudget budget = new CardBudget(others);
        budget.others.put(limit, most);
        return budget;
    }
}
