// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * Whether a driver ever has more than one message in flight: according to its buffer or the operator, or as observed.
 * Observations are made again and again: a driver that has two in flight is no longer one with a single one.
 */
final class MessagesInFlight {
    /**
     * Successive completions that leave a driver without messages, until it is taken for one that never has more than
     * one.
     */
    private static final int EMPTY_COMPLETIONS = 1;

    /** The same for a driver that had two: it may just be late, and more than once. */
    private static final int EMPTY_COMPLETIONS_AFTER_TWO = 4;

    private final ExchangeRule rule;
    private boolean holdsOnePeriod;
    private boolean single;
    private boolean hadTwo;
    private int emptyCompletions;

    MessagesInFlight(ExchangeRule rule) {
        this.rule = rule;
    }

    /** New parameters: what was seen before does not count. */
    void open(StreamParams set) {
        holdsOnePeriod = set.holdsOnePeriod();
        single = switch (rule) {
            case SINGLE -> true;
            case MULTI -> false;
            case AUTO -> holdsOnePeriod;
        };
        hadTwo = false;
        emptyCompletions = 0;
    }

    boolean single() {
        return single;
    }

    /**
     * Everything was taken that the driver had made available.
     *
     * @param count messages that are in flight now
     * @return whether this shows that there may be more than one
     */
    boolean taken(int count) {
        if (count < 2) {
            return false;
        }
        hadTwo = true;
        emptyCompletions = 0;
        boolean wasSingle = single;
        single = rule == ExchangeRule.SINGLE || (rule == ExchangeRule.AUTO && holdsOnePeriod);
        return wasSingle && !single;
    }

    /**
     * A message was completed.
     *
     * @param othersLeft whether the driver still has one in flight
     * @return whether this shows that there is never more than one
     */
    boolean completed(boolean othersLeft) {
        emptyCompletions = othersLeft ? 0 : Math.min(emptyCompletions + 1, EMPTY_COMPLETIONS_AFTER_TWO);
        int enough = hadTwo ? EMPTY_COMPLETIONS_AFTER_TWO : EMPTY_COMPLETIONS;
        if (emptyCompletions >= enough && !single && rule == ExchangeRule.AUTO) {
            single = true;
            return true;
        }
        return false;
    }

    /** Writes the observations. */
    void save(SnapshotWriter out) {
        out.bool(single).bool(hadTwo).u8(emptyCompletions);
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it once the stream is open. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        boolean one = in.bool("one message in flight");
        in.require(rule == ExchangeRule.AUTO || one == (rule == ExchangeRule.SINGLE), "the exchange is not as set");
        boolean two = in.bool("two messages were in flight");
        int empty = in.u8("completions that left nothing", EMPTY_COMPLETIONS_AFTER_TWO);
        return () -> {
            single = one;
            hadTwo = two;
            emptyCompletions = empty;
        };
    }
}
