// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of one stream of a live back end: opens its device, reopens it when it fails, and ends when the
 * stream is no longer wanted. Allocates nothing per round once the device is open.
 */
abstract class HostThread<H> {
    private static final Logger LOG = System.getLogger(HostThread.class.getName());
    /** Length of a wait while no device is open; the longest wait while one is. */
    private static final long IDLE_NANOS = 10_000_000L;
    /** Length of a wait while no device is wanted; it is woken when one is. */
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

    /** The state that the device thread wants. */
    abstract HostState wanted(long nowNanos);

    /** The side that moves the frames. */
    abstract HostSide<H> side();

    /** The device is gone, and what it held. */
    abstract void lost(long nowNanos);

    /** No device is open yet. */
    abstract void idle(long nowNanos);

    /** The thread ends: none of the above is called again. */
    abstract void closed();

    /**
     * Starts the thread.
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

    /**
     * Device thread: whether this stream is of the same kind and still lives; if so it lives until {@link #release}.
     */
    final boolean claim(PcmParams wantedParams, String wantedName) {
        return isLike(wantedParams, wantedName) && life.compareAndSet(LIVE, CLAIMED);
    }

    /** Device thread: whether this stream is of the same kind. */
    final boolean isLike(PcmParams wantedParams, String wantedName) {
        return params.equals(wantedParams) && streamName.equals(wantedName);
    }

    /** Device thread: after {@link #claim}. */
    final void release() {
        life.compareAndSet(CLAIMED, LIVE); // it may have failed meanwhile
    }

    final boolean ended() {
        return life.get() == ENDED;
    }

    /** Any thread: makes it end soon, whatever is wanted. */
    final void stop() {
        stopping = true;
        waiter.wake();
    }

    /** Waits for the thread, at most this long. */
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
            LOG.log(Level.ERROR, streamName + ": the audio thread has failed, there is silence from now on", e);
        } finally {
            if (life.getAndSet(ENDED)
                    != CLAIMED) { // otherwise it is just failing, and a stream that is taken over leads nowhere
                closed();
            }
            try {
                letGo();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, streamName + ": " + device.name() + " could not be closed", e);
            } finally {
                waiter.close();
                params.budget().endStream(); // not earlier: a host that hangs keeps the thread
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
        life.set(LIVE); // the device thread has taken it over meanwhile
        return false;
    }

    /** Closes the device; one that is being opened is closed as soon as it is open. */
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
