// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.trace.TraceStep;

/**
 * One virtqueue of the replay: a ring of this card's size in memory of its own, in place of the traced one, and the chains
 * that are in it by the numbers they have in the trace.
 */
final class ReplayQueue {
    private static final int USED_IDX = 2;
    private static final int RING_REGISTERS_END = VirtioPciCommonCfg.QUEUE_DEVICE + Long.BYTES;

    private final ReplayBus bus;
    private final ReplayMemory memory;
    private final int index;
    private final Consumer<ChainExchange> listener;
    private final long[] tracedAddresses = new long[3]; // desc, driver, device
    private final Map<Integer, ChainExchange> byTracedHead = new HashMap<>();
    private final Map<Integer, ChainBuilder.Built> byToken = new HashMap<>();
    private int nextToken;
    private @Nullable DriverQueue ring;
    private boolean eventIdx;
    private int usedIdx;
    private long usedCount;
    private long notifiedCount;
    private long interrupts;

    /** @param listener told of each chain that this card has used */
    ReplayQueue(ReplayBus bus, ReplayMemory memory, int index, Consumer<ChainExchange> listener) {
        this.bus = bus;
        this.memory = memory;
        this.index = index;
        this.listener = listener;
    }

    int index() {
        return index;
    }

    /** Whether there is a ring. */
    boolean isOpen() {
        return ring != null;
    }

    boolean usesEventIdx() {
        return eventIdx;
    }

    /** Makes the ring, if there is none. */
    void open(int size, boolean withIndirect, boolean withEventIdx) {
        if (ring == null) {
            long features = (withIndirect ? Features.INDIRECT_DESC : 0) | (withEventIdx ? Features.EVENT_IDX : 0);
            ring = DriverQueue.create(bus, memory.rings(), index, size, features);
            eventIdx = withEventIdx;
            usedIdx = 0;
            usedCount = 0;
            notifiedCount = 0;
        }
    }

    /** The ring is no longer the card's: reset, or its memory freed. Chains in it will never come back. */
    void discard() {
        DriverQueue old = ring;
        if (old != null) {
            old.discard();
        }
        ring = null;
        byTracedHead.clear();
        byToken.clear();
    }

    /** Whether a register is one of the three ring addresses, in part. */
    static boolean isRingRegister(int offset) {
        return offset >= VirtioPciCommonCfg.QUEUE_DESC && offset < RING_REGISTERS_END;
    }

    /** The driver writes its ring's address, or a part of it. */
    void tracedAddress(int offset, int size, long value) {
        int which = (offset - VirtioPciCommonCfg.QUEUE_DESC) / Long.BYTES;
        int shift = Byte.SIZE * (offset % Long.BYTES);
        long mask = size == Long.BYTES ? -1 : ((1L << (Byte.SIZE * size)) - 1) << shift;
        tracedAddresses[which] = (tracedAddresses[which] & ~mask) | ((value << shift) & mask);
    }

    /** What a part of a ring address register is here. */
    long address(int offset, int size) {
        DriverQueue open = openRing();
        long whole = switch ((offset - VirtioPciCommonCfg.QUEUE_DESC) / Long.BYTES) {
            case 0 -> open.descAddress();
            case 1 -> open.availAddress();
            default -> open.usedAddress();
        };
        long part = whole >>> (Byte.SIZE * (offset % Long.BYTES));
        return size == Long.BYTES ? part : part & ((1L << (Byte.SIZE * size)) - 1);
    }

    /** Whether the traced ring begins in a stretch of memory. */
    boolean liesIn(long address, long length) {
        for (long traced : tracedAddresses) {
            long within = traced - address;
            if (ring != null && traced != 0 && within >= 0 && within < length) {
                return true;
            }
        }
        return false;
    }

    /**
     * Puts a chain into the ring.
     *
     * @return false if it is full
     */
    boolean add(ChainBuilder.Built chain) {
        DriverQueue open = openRing();
        TraceStep.Avail offered = chain.exchange().offered();
        if (!eventIdx) {
            open.suppressInterrupts((offered.availFlags() & 1) != 0);
        }
        if (!open.add(chain.buffers(), nextToken)) {
            return false;
        }
        chain.exchange().offered(interrupts);
        byToken.put(nextToken++, chain);
        byTracedHead.put(offered.head(), chain.exchange());
        return true;
    }

    /** Whether the card wants to be notified of what was added since it was last asked. */
    boolean wantsNotification() {
        return openRing().needsKick();
    }

    /** The chain that the trace calls by this head; null if there is none. */
    @Nullable
    ChainExchange named(int tracedHead) {
        return byTracedHead.get(tracedHead);
    }

    /** The trace has seen it come back: its head may be used again. */
    void forget(int tracedHead) {
        byTracedHead.remove(tracedHead);
    }

    /** Whether the card has chains. */
    boolean hasOutstanding() {
        DriverQueue open = ring;
        return open != null && open.inFlight() > 0;
    }

    /** Takes what the card has used. */
    void collect() {
        DriverQueue open = ring;
        if (open != null && open.hasUsed()) {
            open.poll(this::used);
        }
    }

    /** What a chain shares with one that is back is still the card's: some drivers have one status for all. */
    private void offerAgain(BufferList buffers) {
        for (int i = 0; i < buffers.count(); i++) {
            bus.guard().offer(buffers.address(i), buffers.length(i) & 0xffff_ffffL, buffers.isWritable(i));
        }
    }

    private void used(int token, int length) {
        usedIdx = (usedIdx + 1) & 0xffff;
        usedCount++;
        ChainBuilder.Built chain = Objects.requireNonNull(byToken.remove(token));
        BufferList buffers = chain.buffers();
        byToken.values().forEach(other -> offerAgain(other.buffers()));
        byte[] written = new byte[(int) buffers.writableBytes()];
        int at = 0;
        for (int i = 0; i < buffers.count(); i++) {
            if (buffers.isWritable(i)) {
                bus.ram().read(buffers.address(i), written, at, buffers.length(i));
                at += buffers.length(i);
            }
        }
        chain.exchange().back(length, written, bus.nanoTime(), usedCount);
        listener.accept(chain.exchange());
    }

    /** An interrupt comes: everything that has been used by now is followed by it. */
    void notified() {
        interrupts++;
        DriverQueue open = ring;
        if (open != null) {
            int ahead = (bus.ram().get16(open.usedAddress() + USED_IDX) - usedIdx) & 0xffff;
            notifiedCount = usedCount + ahead;
        }
    }

    /** Whether an interrupt has followed a chain's used element. */
    boolean isNotified(ChainExchange exchange) {
        return exchange.ordinal() <= notifiedCount;
    }

    /** Whether an interrupt has come since a chain was made available. */
    boolean isInterrupted(ChainExchange exchange) {
        return interrupts > exchange.interruptsBefore();
    }

    private DriverQueue openRing() {
        DriverQueue open = ring;
        if (open == null) {
            throw new IllegalStateException("queue " + index + " has no ring");
        }
        return open;
    }
}
