package org.vsnd.audio;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The audio threads of a live back end, one for each stream. A playback stream that was closed plays out, lingers for a
 * moment and is taken up again if the same kind is asked for.
 *
 * <p>Device thread, except {@link #close}.
 */
public final class HostThreads implements AutoCloseable {
    /** What is left is played for so long when the back end is closed. */
    private static final long PLAY_OUT_NANOS = 1_500_000_000L;

    private static final long END_NANOS = 1_000_000_000L;

    private final List<HostThread<?>> threads = new ArrayList<>(); // guarded by itself
    private boolean closed; // guarded by threads

    /**
     * A way to play.
     *
     * @param another makes a thread of this kind, if none is left over
     */
    public AudioSink openSink(PcmParams params, String streamName, Supplier<? extends PlayoutThread<?>> another) {
        synchronized (threads) {
            threads.removeIf(HostThread::ended);
            for (HostThread<?> thread : threads) {
                if (thread instanceof PlayoutThread<?> playing && playing.claim(params, streamName)) {
                    AudioSink sink = playing.sink();
                    playing.release();
                    return sink;
                }
            }
            PlayoutThread<?> playing = another.get();
            AudioSink sink = playing.sink();
            add(playing);
            return sink;
        }
    }

    /** A way to record, by a thread that does not run yet. */
    public AudioSource openSource(RecordingThread<?> recording) {
        synchronized (threads) {
            threads.removeIf(HostThread::ended);
            add(recording);
            return recording.source();
        }
    }

    private void add(HostThread<?> thread) {
        if (closed) {
            throw new IllegalStateException("the back end is closed");
        }
        threads.add(thread);
        thread.start();
    }

    /** Plays out what is left, for a second and a half at most, then ends every thread and waits for it. Any thread. */
    @Override
    public void close() {
        List<HostThread<?>> left;
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
            join(left, END_NANOS); // one that hangs in the host is left to itself
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(List<HostThread<?>> threads, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        for (HostThread<?> thread : threads) {
            thread.join(TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
        }
    }
}
