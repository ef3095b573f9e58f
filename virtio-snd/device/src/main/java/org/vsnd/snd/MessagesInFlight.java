package org.vsnd.snd;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/** Whether a driver ever has more than one message in flight: as its buffer or the operator says, or as is seen. */
final class MessagesInFlight {
    /** Completions that left the driver with nothing in flight, until it is taken for one that never has more. */
    private static final int EMPTY_COMPLETIONS = 2;

    private final ExchangeRule rule;
    private boolean single;
    private int emptyCompletions;

    MessagesInFlight(ExchangeRule rule) {
        this.rule = rule;
    }

    /** New parameters: what was seen before does not count. */
    void open(StreamParams set) {
        single = switch (rule) {
            case SINGLE -> true;
            case MULTI -> false;
            case AUTO -> set.holdsOnePeriod();
        };
        emptyCompletions = 0;
    }

    boolean single() {
        return single;
    }

    /**
     * A message was completed.
     *
     * @param othersLeft whether the driver still has one in flight
     * @return whether it is this that tells that there never is more than one
     */
    boolean completed(boolean othersLeft) {
        emptyCompletions = othersLeft ? 0 : emptyCompletions + 1;
        if (emptyCompletions == EMPTY_COMPLETIONS && !single && rule == ExchangeRule.AUTO) {
            single = true;
            return true;
        }
        return false;
    }

    /** Writes what was seen; once it has told, how often it was seen since says nothing. */
    void save(SnapshotWriter out) {
        out.bool(single).u8(Math.min(emptyCompletions, EMPTY_COMPLETIONS));
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what makes it so. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        boolean one = in.bool("one message in flight");
        in.require(rule == ExchangeRule.AUTO || one == (rule == ExchangeRule.SINGLE), "the exchange is not as set");
        int empty = in.u8("completions that left nothing", EMPTY_COMPLETIONS);
        return () -> {
            single = one;
            emptyCompletions = empty;
        };
    }
}
