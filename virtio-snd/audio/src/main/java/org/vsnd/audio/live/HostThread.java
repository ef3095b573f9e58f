// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of one stream of a live back end: opens its device, reopens it when it fails, and ends when the stream is
 * no longer wanted. Allocates nothing per round once the device is open.
 *
 * @param <H> the open device
 * @param <S> the stream between it and the device thread
 */
public final class HostThread<H, S extends LiveStream> {
    private static final Logger LOG = System.getLogger(HostThread.class.getName());
    /** Length of a wait while no device is open; the longest wait while one is. */
    private static final long IDLE_NANOS = 10_000_000L;
    /** Length of a wait while no device is wanted; it is woken when one is. */
    private static final long REST_NANOS = 1_000_000_000L;

    private final HostDevice<H> device;
    private final HostWaiter<H> waiter;
    private final String streamName;
    private final S stream;
    private final HostSide<H> side;
    private final Thread thread;
    private final RetryingOpener<H> opener;
    private @Nullable H host;
    private volatile boolean stopping;

    /**
     * A thread that is not started: {@link HostThreads} starts and ends it.
     *
     * @param stream makes the stream, given what wakes this thread
     * @param side makes the side that moves frames between the stream and the device
     */
    public HostThread(
            HostDevice<H> device,
            HostWaiter<H> waiter,
            String streamName,
            Function<Runnable, S> stream,
            Function<S, HostSide<H>> side) {
        this.device = device;
        this.waiter = waiter;
        this.streamName = streamName;
        S made = null;
        try {
            made = stream.apply(waiter::wake);
            this.side = side.apply(made);
            opener = new RetryingOpener<>(device, made.params().budget(), streamName, waiter::wake);
            thread = new Thread(this::run, "vsnd-audio-" + device.kind() + "-" + device.verb());
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nothing else would close it
            if (made != null) {
                made.discard();
            }
            waiter.close();
            throw e;
        }
        this.stream = made;
        thread.setDaemon(true);
    }

    S stream() {
        return stream;
    }

    /**
     * Starts the thread.
     *
     * @return whether the process has a thread for it
     */
    boolean start() {
        try {
            thread.start();
            return true;
        } catch (OutOfMemoryError e) {
            stream.end();
            waiter.close();
            return false;
        }
    }

    /** Device thread: whether this stream is of the same kind. */
    boolean isLike(PcmParams wantedParams, String wantedName) {
        return stream.params().equals(wantedParams) && streamName.equals(wantedName);
    }

    /** Any thread: makes it end soon, whatever is wanted. */
    void stop() {
        stopping = true;
        waiter.wake();
    }

    /** Waits for the thread, at most this long. */
    void join(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
    }

    private void run() {
        try {
            side.begin();
            long now = System.nanoTime();
            while (!stopping && !stream.isOver(now)) {
                step(now);
                now = System.nanoTime();
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, streamName + ": the audio thread has failed, there is silence from now on", e);
        } finally {
            stream.end();
            try {
                letGo();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, streamName + ": " + device.name() + " could not be closed", e);
            } finally {
                waiter.close();
                stream.params().budget().endStream(); // not earlier: a host that hangs keeps the thread
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
        HostState wanted = stream.wanted(nowNanos);
        if (wanted == HostState.REST) {
            rest();
            waiter.await(nowNanos + REST_NANOS, false);
            return;
        }
        H open = host;
        if (open == null) {
            open = opener.poll(nowNanos);
            if (open == null) {
                stream.idle(nowNanos);
                waiter.await(Math.min(nowNanos + IDLE_NANOS, opener.nextNanos(nowNanos)), false);
                return;
            }
            host = open;
            waiter.watch(open);
            side.opened(open, nowNanos);
        }
        String fault = wanted == HostState.RUN ? side.run(open, nowNanos) : side.hold(open, nowNanos);
        if (fault == null) {
            if (side.moves()) {
                opener.works();
            }
            waiter.await(side.untilNanos(), side.waitsForHost());
            return;
        }
        stream.lost(nowNanos);
        waiter.watch(null);
        host = null;
        opener.lost(open, fault, nowNanos);
    }
}
