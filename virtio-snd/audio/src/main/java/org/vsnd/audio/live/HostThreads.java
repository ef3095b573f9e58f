// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.NullSink;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SilentSource;
import org.vsnd.audio.WarnOnce;

/**
 * The audio threads of a live back end, one for each stream. A playback stream that was closed plays out, lingers for a
 * moment and is reused if the same kind is asked for. A stream for which there is no thread, because its card already
 * has too many or the process cannot make another one, is silent until it is opened anew.
 *
 * <p>For device threads, of several cards at a time if they share the back end; {@link #close} is for any thread.
 */
public final class HostThreads implements AutoCloseable {
    private static final Logger LOG = System.getLogger(HostThreads.class.getName());
    /** How long it plays out when the back end is closed. */
    private static final long PLAY_OUT_NANOS = 1_500_000_000L;

    private static final long END_NANOS = 1_000_000_000L;

    private final List<HostThread<?, ?>> threads = new ArrayList<>(); // guarded by itself
    private final WarnOnce warnOnce = new WarnOnce(LOG); // guarded by threads
    private boolean closed; // guarded by threads

    /**
     * Opens a way to play.
     *
     * @param another makes a thread of this kind, if none can be reused
     */
    public AudioSink openSink(
            PcmParams params, String streamName, Supplier<? extends HostThread<?, LivePlayback>> another) {
        synchronized (threads) {
            threads.removeIf(HostThreads::hasEnded);
            for (HostThread<?, ?> thread : threads) {
                AudioSink again = thread.stream() instanceof LivePlayback playback && thread.isLike(params, streamName)
                        ? playback.takeUp()
                        : null;
                if (again != null) {
                    return again;
                }
            }
            HostThread<?, LivePlayback> playing = begin(params, streamName, another);
            if (playing == null) {
                return new NullSink(params, !closed);
            }
            AudioSink sink = playing.stream().sink();
            if (!start(playing, params, streamName)) {
                sink.close();
                return new NullSink(params, true);
            }
            return sink;
        }
    }

    /** As {@link AudioBackend#takesUp}. */
    public boolean takesUp(PcmParams params, String streamName) {
        synchronized (threads) {
            for (HostThread<?, ?> thread : threads) {
                if (thread.stream() instanceof LivePlayback && thread.isLike(params, streamName) && !hasEnded(thread)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * Opens a way to record.
     *
     * @param another makes a thread of this kind
     */
    public AudioSource openSource(
            PcmParams params, String streamName, Supplier<? extends HostThread<?, LiveCapture>> another) {
        synchronized (threads) {
            threads.removeIf(HostThreads::hasEnded);
            HostThread<?, LiveCapture> recording = begin(params, streamName, another);
            if (recording == null) {
                return new SilentSource(!closed);
            }
            AudioSource source = recording.stream().source();
            if (!start(recording, params, streamName)) {
                source.close();
                return new SilentSource(true);
            }
            return source;
        }
    }

    private static boolean hasEnded(HostThread<?, ?> thread) {
        return thread.stream().hasEnded();
    }

    /** A thread, which is counted; null if the card may not have another. */
    private <T extends HostThread<?, ?>> @Nullable T begin(
            PcmParams params, String streamName, Supplier<? extends T> another) {
        if (closed) {
            return null;
        }
        if (!params.budget().beginStream()) {
            warnOnce.warn(
                    params,
                    streamName + " is silent: the card has " + params.budget().streams()
                            + " streams that play out or whose host hangs");
            return null;
        }
        try {
            return another.get();
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            // a shortage for an audio thread must not end a device's thread
            params.budget().endStream();
            warnOnce.warn(params, streamName + " is silent because of a fault in vsnd, please report it: " + e);
            return null;
        }
    }

    private boolean start(HostThread<?, ?> thread, PcmParams params, String streamName) {
        boolean started = thread.start();
        if (started) {
            threads.add(thread);
        } else {
            params.budget().endStream();
            warnOnce.warn(params, streamName + " is silent: the process cannot have another thread");
        }
        return started;
    }

    /** Plays out for at most a second and a half, then ends every thread and waits for it. Any thread. */
    @Override
    public void close() {
        List<HostThread<?, ?>> left;
        synchronized (threads) {
            closed = true;
            left = List.copyOf(threads);
            threads.clear();
        }
        boolean interrupted = false;
        try {
            join(left, PLAY_OUT_NANOS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        left.forEach(HostThread::stop);
        try {
            join(left, END_NANOS); // one that hangs in the host is abandoned
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(List<HostThread<?, ?>> threads, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (HostThread<?, ?> thread : threads) {
            thread.join(TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        }
    }
}
