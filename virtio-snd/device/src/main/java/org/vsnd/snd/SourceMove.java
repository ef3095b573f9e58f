// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.SourceChoice;

/**
 * Which source of the host a stream is to record from, and whether that is opened anew while it records: because another one was
 * chosen, or because the host had no room for it. Device thread only.
 */
final class SourceMove {
    /** A guest that chooses again and again has the host open a device so often, and no more. */
    private static final long MOVES_NANOS = 100_000_000;
    /** How often a stream that the host had no room for asks again. */
    private static final long RETRY_NANOS = 1_000_000_000;

    final SourceChoice choice;
    private @Nullable AudioSource open;
    private int openedFor;
    private long openedNanos;

    /** @param hostMoved run on any thread when the host has chosen */
    SourceMove(Runnable hostMoved) {
        choice = new SourceChoice(hostMoved);
    }

    /** This source was opened, by the choice. */
    void opened(AudioSource source, long nowNanos) {
        open = source;
        openedFor = choice.chosen();
        openedNanos = nowNanos;
    }

    /** No source is open. */
    void closed() {
        open = null;
    }

    /** Whether another source was chosen since than the one that is open, which does not follow. */
    boolean isThere() {
        AudioSource source = open;
        return source != null && openedFor != choice.chosen() && !source.followsChoice();
    }

    /** Whether that is to be opened now, although the stream runs; or another try is due where the host had no room. */
    boolean isNeeded(long nowNanos) {
        AudioSource source = open;
        boolean makeshift = source != null && source.isMakeshift();
        return (makeshift || isThere()) && nowNanos - openedNanos >= (isThere() ? MOVES_NANOS : RETRY_NANOS);
    }
}
