package org.vsnd.snd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.TimeBase;

/**
 * An input stream: a message is done when as many frames as it holds have been captured after the message before it, by
 * the {@link StreamClock}, whether or not the host delivers any. Places are counted in frames captured since START.
 */
final class CaptureStream extends PcmStream {
    private static final Logger LOG = System.getLogger(CaptureStream.class.getName());

    private static final long NAME_AGAIN_NANOS = 60_000_000_000L;

    private final AudioBackend backend;
    private final ByteBuffer scratch;
    private final PositionReports.Report report = new PositionReports.Report();

    private @Nullable AudioSource source;
    private @Nullable PcmParams sourceParams;
    private StreamClock clock = new StreamClock(48000);
    /** Frames given to the driver or dropped: the place where the next message begins. */
    private long deliveredFrames;
    /** More was dropped for want of messages than the driver knows. */
    private boolean overflowed;
    /** Where the clock stood at STOP; the frames shown now while the stream runs are {@link #clock}'s business. */
    private long haltedFrame;

    private boolean named;
    private long namedNanos;

    CaptureStream(String name, StreamInfo info, StreamEnvironment environment) {
        super(name, info, environment);
        backend = environment.backend();
        scratch = environment.scratch();
    }

    @Override
    void open(StreamParams set, PcmParams wanted) {
        if (source == null || !wanted.equals(sourceParams)) {
            closeHostAudio();
            source = backend.openSource(wanted, statistics.name());
            sourceParams = wanted;
            clock = new StreamClock(set.rateHz());
            nameMicrophone();
        }
    }

    @Override
    void run() {
        openSource().start();
        clock.start(thread.nanoTime(), haltedFrame);
    }

    @Override
    void halt() {
        haltedFrame = clock.framesAt(thread.nanoTime());
        openSource().pause();
    }

    @Override
    void arrived(PcmMessage message) {
        // proceed() does all there is to do
    }

    @Override
    void proceed() {
        if (state() != StreamState.STARTED) {
            return;
        }
        takeReports();
        if (lastCompletion.holds()) {
            return; // the backlog is no reason to hurry a driver that is just waking up
        }
        long nowNanos = thread.nanoTime();
        PcmMessage message = waiting.peek();
        while (message != null) {
            dropOverflow(message, nowNanos);
            long deadlineNanos = clock.nanosAt(deliveredFrames + message.frames);
            if (deadlineNanos > nowNanos) {
                timer.arm(deadlineNanos);
                return;
            }
            waiting.remove();
            statistics.completionErrors().record(nowNanos - Math.max(deadlineNanos, message.arrivalNanos));
            boolean last = waiting.isEmpty() && !params().holdsOnePeriod();
            deliver(message, message.frames, clock.framesAt(nowNanos), last);
            message = waiting.peek();
        }
        boundBacklog(nowNanos);
    }

    @Override
    void returnPending() {
        PcmMessage message = waiting.poll();
        if (message != null) { // the end of the stream is the one exception to full buffers (SND-76, SND-77)
            long capturedFrames = Math.max(0, Math.min(haltedFrame - deliveredFrames, message.frames));
            deliver(message, capturedFrames, deliveredFrames + capturedFrames, false);
        }
        while (!waiting.isEmpty()) {
            completer.complete(waiting.remove(), VirtioSnd.VIRTIO_SND_S_OK, 0, 0);
        }
    }

    @Override
    void closeHostAudio() {
        if (source != null) {
            source.close();
            source = null;
        }
        deliveredFrames = 0;
        haltedFrame = 0;
        overflowed = false;
    }

    /** Without messages: a source need not keep much more than the driver will find. */
    private void boundBacklog(long nowNanos) {
        long mostFrames = boundFrames() + params().rateHz();
        long backlogFrames = clock.framesAt(nowNanos) - deliveredFrames;
        if (backlogFrames >= mostFrames) {
            long dropFrames = backlogFrames - boundFrames();
            openSource().skip(dropFrames);
            deliveredFrames += dropFrames;
            overflowed = true;
        }
        timer.arm(clock.nanosAt(deliveredFrames + mostFrames));
    }

    /** The most a driver finds of what it did not ask for in time. */
    private long boundFrames() {
        return Math.max(2 * params().periodBytes(), params().bufferBytes()) / params().frameBytes();
    }

    /**
     * A driver that was away finds its backlog, up to two periods or its buffer. Beyond that it gets the newest frames and
     * the ring restarts empty: one left at its bound would drop a few frames again and again.
     */
    private void dropOverflow(PcmMessage message, long nowNanos) {
        long backlogFrames = clock.framesAt(nowNanos) - deliveredFrames;
        if (overflowed || backlogFrames > Math.max(boundFrames(), message.frames)) {
            overflowed = false;
            long dropFrames = Math.max(0, backlogFrames - message.frames);
            boolean guestWasLate = message.arrivalNanos > clock.nanosAt(deliveredFrames + message.frames);
            openSource().skip(dropFrames);
            deliveredFrames += dropFrames;
            if (guestWasLate) {
                statistics.xrun();
            } else { // the device was away
                statistics.reanchored();
            }
        }
    }

    /** Copies frames to the message, its status behind them (SND-70), and completes it. */
    private void deliver(PcmMessage message, long frames, long capturedFrames, boolean last) {
        int frameBytes = params().frameBytes();
        boolean good = message.strayBytes == 0 && copy(message, frames, frameBytes);
        deliveredFrames += frames;
        long latencyFrames =
                Math.max(0, capturedFrames - deliveredFrames) + openSource().latencyFrames();
        if (good && frames > 0) {
            statistics.completed(frames, latencyFrames);
        }
        lastCompletion.complete(
                message,
                good ? VirtioSnd.VIRTIO_SND_S_OK : VirtioSnd.VIRTIO_SND_S_IO_ERR,
                latencyBytes(latencyFrames, frameBytes),
                good ? frames * frameBytes : 0,
                last);
    }

    private boolean copy(PcmMessage message, long frames, int frameBytes) {
        AudioSource from = openSource();
        from.clockShows(clock.framesAt(thread.nanoTime()));
        long readFrames = 0;
        try {
            while (readFrames < frames) {
                long offset = readFrames * frameBytes;
                int now = (int) Math.min(frames - readFrames, scratch.capacity() / frameBytes);
                scratch.clear().limit(now * frameBytes);
                from.read(scratch);
                readFrames += now;
                params().format().fillSilence(scratch); // what the host did not deliver
                scratch.flip();
                message.chain().write(offset, scratch);
            }
            return true;
        } catch (GuestMemoryException e) {
            from.skip(frames - readFrames); // the next message begins where it would have begun
            return false;
        }
    }

    private void takeReports() {
        AudioSource from = source;
        if (from == null || thread.timeBase() != TimeBase.WALL) {
            return;
        }
        while (from.reports().poll(report)) {
            switch (report.kind) {
                case POSITION -> clock.report(report.frames, report.nanos);
                case XRUN -> statistics.xrun();
                case LOST -> {
                    statistics.xrun();
                    clock.lost(report.nanos);
                }
            }
        }
    }

    /** One line says that somebody listens; a guest that opens and closes in a loop does not fill the log. */
    private void nameMicrophone() {
        long nowNanos = thread.nanoTime();
        if (config.capture() && (!named || nowNanos - namedNanos > NAME_AGAIN_NANOS)) {
            named = true;
            namedNanos = nowNanos;
            LOG.log(Level.INFO, "{0}: recording from {1}", statistics.name(), backend.name());
        }
    }

    private AudioSource openSource() {
        AudioSource open = source;
        if (open == null) {
            throw new IllegalStateException("no source in state " + state());
        }
        return open;
    }
}
