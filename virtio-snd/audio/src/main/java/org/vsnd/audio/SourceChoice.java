// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which of several sources of the host a stream records from, by their number, between the device thread and a back end's audio
 * thread. The host may move a recording as well; what was chosen last, by either, counts. Nobody waits.
 */
public final class SourceChoice {
    private final Runnable moved;
    private final AtomicInteger chosen = new AtomicInteger();
    private volatile Runnable wake = () -> {};

    /** @param moved run on an audio thread when the host has chosen: neither blocks nor throws */
    public SourceChoice(Runnable moved) {
        this.moved = moved;
    }

    /** A source of the host follows the choice from now on. Any thread. */
    public void followedBy(Runnable wakeUp) {
        wake = wakeUp;
    }

    /** Device thread: this one is to be recorded from. */
    public void choose(int source) {
        if (chosen.getAndSet(source) != source) {
            wake.run();
        }
    }

    /** The number of the one that was chosen last; 0 if none was. Any thread. */
    public int chosen() {
        return chosen.get();
    }

    /** Audio thread: the host records from another one than was chosen, unless that has been chosen anew meanwhile. */
    public void moved(int from, int to) {
        if (from != to && chosen.compareAndSet(from, to)) {
            moved.run();
        }
    }
}
