// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.PcmParams;

/**
 * One stream of a live host audio system, between the device thread, which holds its sink or source, and the back end's
 * audio thread, which calls everything here. It lives until the device thread has closed its end and the rest has been
 * played; a {@link LivePlayback} may be reused before that.
 */
public abstract class LiveStream {
    private enum Life {
        LIVE,
        /** Claimed by the device thread, for an instant. */
        CLAIMED,
        ENDED
    }

    final PcmParams params;
    private final AtomicReference<Life> life = new AtomicReference<>(Life.LIVE);

    private volatile boolean hasVolume;
    private volatile @Nullable HostVolume volume;

    LiveStream(PcmParams params) {
        this.params = params;
    }

    /** The parameters of the stream. Any thread. */
    public final PcmParams params() {
        return params;
    }

    /** Before its sink or source is made: the host has a volume for the stream. */
    public final void offerVolume() {
        hasVolume = true;
    }

    /** The volume that the host's is to follow, and to which changes are to be reported; null if there is none. */
    public final @Nullable HostVolume volume() {
        return volume;
    }

    /** Device thread: as {@link AudioSink#tie}. */
    final boolean tie(HostVolume to, Runnable wake) {
        if (hasVolume) {
            to.tiedTo(wake);
            volume = to;
        }
        return hasVolume;
    }

    /** The state that the host's stream should have now. */
    public abstract HostState wanted(long nowNanos);

    /** The host is gone, and what it held, until it is opened again; {@link #idle} is called meanwhile. */
    public abstract void lost(long nowNanos);

    /** While the host is not open, at least every 10 ms. */
    public abstract void idle(long nowNanos);

    /** From now on only the sink or source is called: the memory is freed as soon as that is closed. */
    public abstract void close();

    /** Instead of everything else: its user could not be made, and its memory is freed. */
    public abstract void discard();

    /** Whether it is no longer wanted; if so it has ended, and only {@link #end} may still be called. */
    public final boolean isOver(long nowNanos) {
        if (wanted(nowNanos) != HostState.CLOSE || !life.compareAndSet(Life.LIVE, Life.ENDED)) {
            return false;
        }
        if (wanted(nowNanos) == HostState.CLOSE) {
            return true;
        }
        life.set(Life.LIVE); // the device thread has taken it over meanwhile
        return false;
    }

    /** Ends it, whatever is wanted, and {@linkplain #close closes} it. */
    public final void end() {
        if (life.getAndSet(Life.ENDED) != Life.CLAIMED) { // otherwise one that is just being taken over leads nowhere
            close();
        }
    }

    /** Any thread: whether {@link #wanted} is no longer called. */
    public final boolean hasEnded() {
        return life.get() == Life.ENDED;
    }

    /** Device thread: whether it still lives; if so it lives until {@link #release}. */
    final boolean claim() {
        return life.compareAndSet(Life.LIVE, Life.CLAIMED);
    }

    /** Device thread: after {@link #claim}. */
    final void release() {
        life.compareAndSet(Life.CLAIMED, Life.LIVE); // it may have failed meanwhile
    }
}
