// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.concurrent.atomic.AtomicReference;
import org.vsnd.audio.PcmParams;

/**
 * One stream of a live host audio system, between the device thread, which holds its sink or source, and the back end's
 * audio thread, which calls everything here. It lives until the device thread has closed its end and what is left has been
 * played; a {@link LivePlayback} may be taken up again before that.
 */
public abstract class LiveStream {
    private enum Life {
        LIVE,
        /** By the device thread, for an instant. */
        CLAIMED,
        ENDED
    }

    final PcmParams params;
    private final AtomicReference<Life> life = new AtomicReference<>(Life.LIVE);

    LiveStream(PcmParams params) {
        this.params = params;
    }

    /** What the stream sounds like. Any thread. */
    public final PcmParams params() {
        return params;
    }

    /** What the host's stream should do now. */
    public abstract HostState wanted(long nowNanos);

    /** The host is gone, what it held too, until it is opened again; {@link #idle} is called meanwhile. */
    public abstract void lost(long nowNanos);

    /** While the host is not open, at least every 10 ms. */
    public abstract void idle(long nowNanos);

    /** Nobody will call anything but the sink or source any more: the memory is given back as soon as that is closed. */
    public abstract void close();

    /** Instead of everything else: what was to use it cannot be made, and its memory is given back. */
    public abstract void discard();

    /** Whether nobody wants it any more; if so it has ended, and only {@link #end} is left to be called. */
    public final boolean isOver(long nowNanos) {
        if (wanted(nowNanos) != HostState.CLOSE || !life.compareAndSet(Life.LIVE, Life.ENDED)) {
            return false;
        }
        if (wanted(nowNanos) == HostState.CLOSE) {
            return true;
        }
        life.set(Life.LIVE); // the device thread took it up again in between
        return false;
    }

    /** Ends it, whatever is wanted, and {@linkplain #close closes} it. */
    public final void end() {
        if (life.getAndSet(Life.ENDED) != Life.CLAIMED) { // else what is just being taken up leads nowhere
            close();
        }
    }

    /** Any thread: whether nobody calls {@link #wanted} any more. */
    public final boolean hasEnded() {
        return life.get() == Life.ENDED;
    }

    /** Device thread: whether it still lives; if so it does until {@link #release}. */
    final boolean claim() {
        return life.compareAndSet(Life.LIVE, Life.CLAIMED);
    }

    /** Device thread: after {@link #claim}. */
    final void release() {
        life.compareAndSet(Life.CLAIMED, Life.LIVE); // it may have ended by a failure meanwhile
    }
}
