// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of one stream of a live back end: opens its device, opens it again when it goes bad, ends when nobody
 * wants it any more. Allocates nothing per round once the device is open.
 */
abstract class HostThread<H> {
    private static final Logger LOG = System.getLogger(HostThread.class.getName());
    /** While no device is open, and at the latest while one is. */
    private static final long IDLE_NANOS = 10_000_000L;
    /** While none is wanted; it is woken when one is. */
    private static final long REST_NANOS = 1_000_000_000L;

    private static final int LIVE = 0;
    private static final int CLAIMED = 1;
    private static final int ENDED = 2;

    private final HostDevice<H> device;
    private final HostWaiter<H> waiter;
    private final PcmParams params;
    private final String streamName;
    private final AtomicInteger life = new AtomicInteger(LIVE);
    private final Thread thread;
    private final HostOpener<H> opener;
    private @Nullable H host;
    private volatile boolean stopping;

    HostThread(HostDevice<H> device, HostWaiter<H> waiter, PcmParams params, String streamName) {
        this.device = device;
        this.waiter = waiter;
        this.params = params;
        this.streamName = streamName;
        opener = new HostOpener<>(device, params.budget(), streamName, waiter::wake);
        thread = new Thread(this::run, "vsnd-audio-" + device.kind() + "-" + device.verb());
        thread.setDaemon(true);
    }

    /** What the device thread wants of the stream. */
    abstract HostState wanted(long nowNanos);

    /** What moves the frames. */
    abstract HostSide<H> side();

    /** The device is gone, what it held too. */
    abstract void lost(long nowNanos);

    /** No device is open yet. */
    abstract void idle(long nowNanos);

    /** The thread ends: nothing of the above is called any more. */
    abstract void closed();

    /**
     * Begins.
     *
     * @return whether the process has a thread for it
     */
    final boolean start() {
        try {
            thread.start();
            return true;
        } catch (OutOfMemoryError e) {
            closed();
            waiter.close();
            return false;
        }
    }

    /** Device thread: whether this stream is the same kind and still lives; if so it does until {@link #release}. */
    final boolean claim(PcmParams wantedParams, String wantedName) {
        return isLike(wantedParams, wantedName) && life.compareAndSet(LIVE, CLAIMED);
    }

    /** Device thread: whether this stream is the same kind. */
    final boolean isLike(PcmParams wantedParams, String wantedName) {
        return params.equals(wantedParams) && streamName.equals(wantedName);
    }

    /** Device thread: after {@link #claim}. */
    final void release() {
        life.compareAndSet(CLAIMED, LIVE); // it may have ended by a failure meanwhile
    }

    final boolean ended() {
        return life.get() == ENDED;
    }

    /** Any thread: ends soon, whatever is wanted. */
    final void stop() {
        stopping = true;
        waiter.wake();
    }

    /** Waits for the thread, for so long at most. */
    final void join(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
    }

    private void run() {
        try {
            side().begin();
            long now = System.nanoTime();
            while (!over(now)) {
                step(now);
                now = System.nanoTime();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, streamName + ": the audio thread ends, there is silence from here on", e);
        } finally {
            if (life.getAndSet(ENDED)
                    != CLAIMED) { // else it fails just now: what the device thread takes up leads nowhere
                closed();
            }
            try {
                letGo();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, streamName + ": " + device.name() + " could not be closed", e);
            } finally {
                waiter.close();
                params.budget().endStream(); // not before: a host that hangs has the thread
            }
        }
    }

    private void letGo() {
        try {
            waiter.watch(null);
            opener.abandon();
        } finally {
            H last = host;
            if (last != null) {
                device.close(last);
            }
        }
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
        life.set(LIVE); // the device thread took it up again in between
        return false;
    }

    /** Lets the device go, and one that is being opened as soon as it is open. */
    private void rest() {
        H unwanted = host == null ? opener.result() : host;
        host = null;
        if (unwanted != null) {
            waiter.watch(null);
            device.close(unwanted);
        }
    }

    private void step(long nowNanos) {
        HostState wanted = wanted(nowNanos);
        if (wanted == HostState.REST) {
            rest();
            waiter.await(nowNanos + REST_NANOS, false);
            return;
        }
        H open = host;
        if (open == null) {
            open = opener.poll(nowNanos);
            if (open == null) {
                idle(nowNanos);
                waiter.await(Math.min(nowNanos + IDLE_NANOS, opener.nextNanos(nowNanos)), false);
                return;
            }
            host = open;
            waiter.watch(open);
            side().opened(open, nowNanos);
        }
        HostSide<H> side = side();
        String fault = wanted == HostState.RUN ? side.run(open, nowNanos) : side.hold(open, nowNanos);
        if (fault == null) {
            if (side.moves()) {
                opener.works();
            }
            waiter.await(side.untilNanos(), side.waitsForHost());
            return;
        }
        lost(nowNanos);
        waiter.watch(null);
        host = null;
        opener.lost(open, fault, nowNanos);
    }
}
