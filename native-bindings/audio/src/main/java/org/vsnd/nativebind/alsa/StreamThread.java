package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostState;
import org.vsnd.audio.PcmParams;
import org.vsnd.nativebind.libc.RealtimePriority;

/**
 * The audio thread of one stream: opens its PCM, opens it again when it goes bad, ends when nobody wants it any more.
 * What it does with the PCM is its subclasses' matter. Allocates nothing per round once a PCM is open.
 */
abstract class StreamThread {
    private static final Logger LOG = System.getLogger(AlsaBackend.class.getName());
    /** While there is no PCM, and at the latest while there is one. */
    static final long IDLE_NANOS = 10_000_000L;
    /** A PCM that holds frames and moves none for so long is as good as gone. */
    static final long STALL_NANOS = 700_000_000L;

    /** Just below the device thread, which has less to do and less time for it. */
    private static final int REALTIME_PRIORITY = 45;

    private static final int LIVE = 0;
    private static final int CLAIMED = 1;
    private static final int ENDED = 2;

    private final String streamName;
    private final PcmParams params;
    private final AtomicInteger life = new AtomicInteger(LIVE);
    private final Thread thread;
    private final PcmOpener opener;
    final PcmWaiter waiter = new PcmWaiter();
    private @Nullable AlsaPcm pcm;
    private volatile boolean stopping;

    StreamThread(String pcmName, Direction direction, PcmParams params, String streamName) {
        this.streamName = streamName;
        this.params = params;
        opener = new PcmOpener(pcmName, direction, params, streamName, waiter::wake);
        thread = new Thread(this::run, "vsnd-audio-alsa-" + direction.verb());
        thread.setDaemon(true);
    }

    /** What the device wants of the stream. */
    abstract HostState wanted(long nowNanos);

    /** There is a PCM: it is ready and not started. */
    abstract void opened(AlsaPcm open, long nowNanos);

    /**
     * Moves frames.
     *
     * @return a negative error number if the PCM is of no use any more
     */
    abstract int round(AlsaPcm open, HostState wanted, long nowNanos);

    /** Whether the PCM does what it should: it has moved frames. */
    abstract boolean moves();

    /** Waits until {@link #round} has something to do. */
    abstract void await();

    /** The PCM is gone, what it held too. */
    abstract void lost(long nowNanos);

    /** There is no PCM yet. */
    abstract void idle(long nowNanos);

    final void start() {
        thread.start();
    }

    /** Device thread: whether this stream is the same kind and still lives; if so it does until {@link #release}. */
    final boolean claim(PcmParams wantedParams, String wantedName) {
        return params.equals(wantedParams) && streamName.equals(wantedName) && life.compareAndSet(LIVE, CLAIMED);
    }

    /** Device thread: after {@link #claim}. */
    final void release() {
        life.set(LIVE);
    }

    final boolean ended() {
        return life.get() == ENDED;
    }

    /** Any thread: ends soon, whatever is wanted. */
    final void stop() {
        stopping = true;
        waiter.wake();
    }

    /** Waits for the thread; returns whether it ended in time. */
    final boolean join(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
        return !thread.isAlive();
    }

    private void run() {
        try {
            askForRealtime();
            long now = System.nanoTime();
            while (!over(now)) {
                step(now);
                now = System.nanoTime();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, streamName + ": the audio thread ends, there is silence from here on", e);
        } finally {
            life.set(ENDED);
            waiter.watch(null);
            opener.abandon();
            AlsaPcm last = pcm;
            if (last != null) {
                last.close();
            }
            waiter.close();
        }
    }

    /** Before every ordinary thread, if the system allows it; it works without most of the time. */
    private static void askForRealtime() {
        RealtimePriority.request(REALTIME_PRIORITY)
                .ifPresent(refusal -> LOG.log(Level.DEBUG, "no real-time priority: " + refusal));
    }

    private boolean over(long nowNanos) {
        if (stopping) {
            return true;
        }
        if (wanted(nowNanos) != HostState.CLOSE || !life.compareAndSet(LIVE, ENDED)) {
            return false;
        }
        if (wanted(nowNanos) == HostState.CLOSE) {
            return true;
        }
        life.set(LIVE); // the device took it up again in between
        return false;
    }

    private void step(long nowNanos) {
        AlsaPcm open = pcm;
        if (open == null) {
            open = opener.poll(nowNanos);
            if (open == null) {
                idle(nowNanos);
                waiter.await(Math.min(nowNanos + IDLE_NANOS, opener.nextNanos(nowNanos)), false);
                return;
            }
            pcm = open;
            waiter.watch(open);
            opened(open, nowNanos);
        }
        int error = round(open, wanted(nowNanos), nowNanos);
        if (error >= 0) {
            if (moves()) {
                opener.works();
            }
            await();
            return;
        }
        lost(nowNanos);
        waiter.watch(null);
        pcm = null;
        opener.lost(open, LibAsound.snd_strerror(error), nowNanos);
    }
}
