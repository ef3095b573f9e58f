package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmParams;

/**
 * Opens a PCM on a thread of its own, because that may wait for a server for as long as the server likes, and tries again
 * every {@value #RETRY_MILLIS} ms. Says once that a PCM cannot be had, and once that it is back. Audio thread only,
 * except what the opening thread does.
 */
final class PcmOpener {
    private static final Logger LOG = System.getLogger(AlsaBackend.class.getName());
    private static final int NICE = -11;
    private static final long RETRY_MILLIS = 500;
    private static final long RETRY_NANOS = RETRY_MILLIS * 1_000_000;

    private final String pcmName;
    private final Direction direction;
    private final PcmParams params;
    private final String streamName;
    private final Runnable wake;

    private boolean opening;
    private boolean troubled; // and said so
    private boolean tried;
    private long triedNanos;

    private @Nullable AlsaPcm opened; // guarded by this, as what follows
    private @Nullable String failure;
    private boolean finished;
    private boolean abandoned;

    /**
     * For one stream.
     *
     * @param wake called by the opening thread when {@link #poll} has news
     */
    PcmOpener(String pcmName, Direction direction, PcmParams params, String streamName, Runnable wake) {
        this.pcmName = pcmName;
        this.direction = direction;
        this.params = params;
        this.streamName = streamName;
        this.wake = wake;
    }

    /** The PCM, if there is one now; begins a new attempt when it is time to. */
    @Nullable
    AlsaPcm poll(long nowNanos) {
        if (opening) {
            return result();
        }
        if (!tried || nowNanos - triedNanos >= RETRY_NANOS) {
            begin(nowNanos, null);
        }
        return null;
    }

    /** A PCM went bad: closes it, on the opening thread, and says so. */
    void lost(AlsaPcm pcm, String reason, long nowNanos) {
        complain(reason);
        begin(nowNanos, pcm);
    }

    private void complain(String reason) {
        if (!troubled) {
            troubled = true;
            LOG.log(
                    Level.WARNING,
                    streamName + ": the ALSA PCM " + pcmName + " does not " + direction.verb() + " (" + reason
                            + "); there is silence until it does");
        }
    }

    /** The PCM moves frames: if there was trouble, it is over. */
    void works() {
        if (troubled) {
            troubled = false;
            LOG.log(Level.INFO, streamName + ": the ALSA PCM " + pcmName + " is back");
        }
    }

    /** When {@link #poll} wants to be called at the latest. */
    long nextNanos(long nowNanos) {
        return opening ? nowNanos + RETRY_NANOS : triedNanos + RETRY_NANOS;
    }

    private void begin(long nowNanos, @Nullable AlsaPcm old) {
        opening = true;
        tried = true;
        triedNanos = nowNanos;
        Thread thread = new Thread(() -> open(old), "vsnd-alsa-open");
        thread.setDaemon(true);
        thread.start();
    }

    private void open(@Nullable AlsaPcm old) {
        AlsaPcm pcm = null;
        String reason = null;
        try {
            // of this thread alone, and of those a plugin starts now to carry the frames: as PulseAudio has it, if
            // allowed
            LibC.setpriority(LibC.PRIO_PROCESS, 0, NICE);
            if (old != null) {
                old.close();
            }
            pcm = AlsaPcm.open(pcmName, direction, params);
        } catch (AlsaException e) {
            reason = e.getMessage();
        } catch (RuntimeException e) {
            reason = e.toString();
        }
        synchronized (this) {
            if (!abandoned) {
                opened = pcm;
                failure = reason;
                finished = true;
                pcm = null;
            }
        }
        if (pcm != null) {
            pcm.close();
        }
        wake.run();
    }

    private synchronized @Nullable AlsaPcm result() {
        if (!finished) {
            return null;
        }
        finished = false;
        opening = false;
        AlsaPcm pcm = opened;
        opened = null;
        if (pcm == null) {
            complain(failure == null ? "no reason given" : failure);
        }
        return pcm;
    }

    /** Nobody will ask again: what is still being opened closes itself. */
    synchronized void abandon() {
        abandoned = true;
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }
}
