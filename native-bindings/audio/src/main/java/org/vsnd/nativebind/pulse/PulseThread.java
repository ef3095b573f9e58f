// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.RealtimePriority;

/**
 * The thread that runs libpulse's main loop: one connection and all streams of a back end. Other threads hand streams
 * over and wake it.
 */
final class PulseThread implements AutoCloseable {
    private static final Logger LOG = System.getLogger(PulseThread.class.getName());

    private static final int REALTIME_PRIORITY = 5; // that of PulseAudio's own threads

    private final MainLoop loop = new MainLoop();
    private final PulseConnection connection;
    private final PulseSockets sockets;
    private final Queue<BackendStream> arrivals = new ConcurrentLinkedQueue<>();
    private final List<BackendStream> streams = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "vsnd-audio-pulse");
    private volatile boolean closing;
    private long closingNanos;
    private boolean closingSeen;

    /**
     * Starts it.
     *
     * @param address the server's, or null to let libpulse find one
     * @param sink whose ports may be followed; null: the server's default
     * @param source whose ports may be followed; null: the server's default
     */
    PulseThread(byte @Nullable [] address, byte @Nullable [] sink, byte @Nullable [] source) {
        connection = new PulseConnection(loop, address);
        sockets = new PulseSockets(connection, sink, source, loop::wake);
        thread.setDaemon(true);
        thread.start();
    }

    /** Any thread; neither blocks nor allocates. */
    void wake() {
        loop.wake();
    }

    /** Any thread: adds a stream, which is looked after until it is done. */
    void add(BackendStream stream) {
        arrivals.add(stream);
        loop.wake();
    }

    /** Any thread: whether streams are no longer looked after. */
    boolean ended() {
        return !thread.isAlive();
    }

    /** Whoever wants to know of plugs. */
    PulseSockets sockets() {
        return sockets;
    }

    PulseConnection connection() {
        return connection;
    }

    /** Runs before every ordinary thread, if the system allows it; mostly this is not needed. */
    private static void askForRealtime() {
        RealtimePriority.request(REALTIME_PRIORITY)
                .ifPresent(refusal -> LOG.log(Level.DEBUG, "no real-time priority: " + refusal));
    }

    private void run() {
        askForRealtime();
        try {
            while (round()) {
                // goes on
            }
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "The PulseAudio thread has failed: there is silence from now on", e);
        } finally {
            for (int i = 0; i < streams.size(); i++) {
                streams.get(i).release();
            }
            connection.close();
            loop.close();
        }
    }

    private boolean round() {
        long nowNanos = System.nanoTime();
        connection.step(nowNanos);
        sockets.step();
        for (BackendStream arrived = arrivals.poll(); arrived != null; arrived = arrivals.poll()) {
            streams.add(arrived);
        }
        long dueNanos = connection.deadlineNanos(nowNanos);
        for (int i = streams.size() - 1; i >= 0; i--) {
            BackendStream stream = streams.get(i);
            dueNanos = Math.min(dueNanos, stream.step(nowNanos));
            if (stream.done()) {
                streams.remove(i);
            }
        }
        if (closing) {
            if (!closingSeen) {
                closingSeen = true;
                closingNanos = nowNanos;
            }
            dueNanos = Math.min(dueNanos, lastNanos());
            if (streams.isEmpty() || nowNanos >= lastNanos()) {
                return false;
            }
        }
        return loop.round(dueNanos == PulseStream.NEVER ? dueNanos : dueNanos - System.nanoTime());
    }

    /** The time by which the last stream must have played out. */
    private long lastNanos() {
        long nanos = closingNanos;
        for (int i = 0; i < streams.size(); i++) {
            nanos = Math.max(nanos, closingNanos + streams.get(i).leftNanos());
        }
        return nanos;
    }

    /** Plays out for a bounded time and ends the thread. Idempotent. */
    @Override
    public void close() {
        closing = true;
        loop.wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
