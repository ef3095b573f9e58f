// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.StreamMemory;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;

/**
 * An input stream: a message is done when as many frames as it holds have been captured after the message before it, by
 * the {@link StreamClock}, whether or not the host delivers any. With one message in flight it follows the clock of the
 * playback stream, while there is one: such a driver waits for both in turn, and two clocks would drift
 * apart. Places are counted in frames for the driver since START; {@link RateMatcher} finds the source's frames for them.
 */
final class CaptureStream extends PcmStream {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** While frames are resampled, a message is filled in small steps, not all at once when it is due. */
    private static final long FILL_NANOS = 10_000_000;
    /**
     * Frames that may be given sooner are given at most this much faster: an eighth, without a frame missing or
     * changed.
     */
    private static final int HURRY_SHARE = 8;

    /** Without messages: the host's reports are read this often, so that the clock does not go astray. */
    private static final long REPORTS_NANOS = 250_000_000;

    private final AudioBackend backend;
    private final AudioMove audioMove;
    private final SourceMove sourceMove;
    private final MicrophoneName microphone;
    private final DeviceStreams streams;
    private final MessagesInFlight inFlight;
    private final CapturePace pace = new CapturePace();
    private final ByteBuffer scratch;
    private final PositionReports.Report report = new PositionReports.Report();

    private @Nullable AudioSource source;
    private @Nullable PcmParams sourceParams;
    private @Nullable RateMatcher matcher;
    /** Shows what the source has captured. */
    private StreamClock clock = new StreamClock(48000);
    /** Frames given to the driver or dropped: the place at which the next message begins. */
    private long deliveredFrames;
    /** Frames that the oldest message already has, not counted in {@link #deliveredFrames}. */
    private long filledFrames;
    /** Frames to be given sooner than by the clock: the source's latency has gone down by this many. */
    private long hurryFrames;
    /** More was dropped for lack of messages than the driver knows. */
    private boolean overflowed;
    /** The driver has been told that it does not ask in time, and has not asked since. */
    private boolean latenessTold;
    /** The places of the source's clock and the pace at STOP. */
    private long haltedClockFrame;

    private long haltedFrame;

    CaptureStream(String name, StreamInfo info, StreamEnvironment environment) {
        super(name, info, environment);
        backend = environment.backend();
        audioMove = new AudioMove(backend);
        sourceMove = new SourceMove(environment.hostChanged());
        List<String> sources = config.controls().sourcesOf(environment.streams().count());
        microphone = new MicrophoneName(backend, statistics.name(), sources);
        scratch = environment.scratch();
        streams = environment.streams();
        inFlight = new MessagesInFlight(config.rules().exchange());
    }

    @Override
    void added(PcmMessage message) {
        // its header is all that there is to read
    }

    @Override
    long soundBytes(PcmParams wanted) {
        return StreamMemory.captureBytes(wanted);
    }

    @Override
    boolean takesUp(PcmParams wanted) {
        return false; // a recording leaves nothing
    }

    @Override
    @Nullable
    PcmParams openParams() {
        return source == null ? null : sourceParams;
    }

    @Override
    void open(StreamParams set, PcmParams wanted) {
        if (source == null || !wanted.equals(sourceParams) || audioMove.isThere() || sourceMove.isThere()) {
            closeHostAudio();
            openSource(wanted);
            clock = new StreamClock(set.rateHz());
        }
        inFlight.open(set);
        if (inFlight.single()) {
            openMatcher().prepare();
        }
    }

    private void openSource(PcmParams wanted) {
        audioMove.opening();
        AudioSource opened = backend.openSource(wanted, statistics.name(), sourceMove.choice);
        audioMove.opened(opened.isMakeshift());
        sourceMove.opened(opened, thread.nanoTime());
        volume.opened(opened::tie);
        source = opened;
        sourceParams = wanted;
        matcher = new RateMatcher(backend, opened, wanted, statistics);
    }

    @Override
    void recordFrom(int number) {
        sourceMove.choice.choose(number);
        if (state() == StreamState.STARTED) {
            microphone.isAnother();
            timer.arm(thread.nanoTime()); // the next message may be far away
        }
    }

    @Override
    int recordsFrom() {
        return sourceMove.choice.chosen();
    }

    /** Better host audio was found, or another source is chosen: a new source takes over. */
    private void moveOver() {
        PcmParams wanted = sourceParams;
        if (wanted != null) {
            fillUntilNow();
            long usedFrames = Math.max(0, openMatcher().usedFrames());
            openMatcher().close();
            openSource().close();
            statistics.hostClosed();
            openSource(wanted);
            if (inFlight.single()) {
                openMatcher().prepare();
            }
            goOn(usedFrames);
        }
    }

    @Override
    void run() {
        inFlight.taken(waiting.size());
        long nowNanos = thread.nanoTime();
        clock.start(nowNanos, haltedClockFrame);
        pace.start(clock, nowNanos, haltedFrame);
        boolean paused = haltedFrame > 0 && !waiting.isEmpty();
        if ((!paused && audioMove.isThere()) || sourceMove.isThere()) {
            moveOver(); // as playback does, so that both use the same host
        } else {
            openSource().start();
            nameMicrophone();
        }
    }

    @Override
    void halt() {
        long nowNanos = thread.nanoTime();
        haltedClockFrame = clock.framesAt(nowNanos);
        haltedFrame = pace.framesAt(nowNanos);
        openSource().pause();
        if (waiting.isEmpty()) {
            cutter.begin();
        }
    }

    /** The first message goes back with what was recorded until now, as at RELEASE. */
    @Override
    void end() {
        halt();
        returnPending();
        cutter.begin(); // a message that is not full ends with a frame
    }

    @Override
    void arrived(int count) {
        inFlight.taken(waiting.size());
    }

    @Override
    void proceed() {
        if (state() != StreamState.STARTED) {
            return;
        }
        long nowNanos = thread.nanoTime();
        if (audioMove.isNeeded() || sourceMove.isNeeded(nowNanos)) {
            moveOver();
        }
        if (microphone.isLate(nowNanos)) {
            nameMicrophone();
        }
        choosePace(nowNanos);
        takeReports();
        if (lastMessageHold.holds()) {
            return; // a backlog does not hurry a driver that is just waking up
        }
        PcmMessage message = waiting.peek();
        while (message != null) {
            dropOverflow(message, nowNanos);
            long deadlineNanos = pace.nanosAt(deliveredFrames + message.frames);
            if (deadlineNanos > nowNanos) {
                timer.arm(
                        fillAhead(message, nowNanos) ? Math.min(deadlineNanos, nowNanos + FILL_NANOS) : deadlineNanos);
                return;
            }
            waiting.remove();
            statistics.completionErrors().record(nowNanos - Math.max(deadlineNanos, message.arrivalNanos));
            boolean last = waiting.isEmpty() && !params().holdsOnePeriod();
            deliver(message, message.frames, pace.framesAt(nowNanos), last);
            if (inFlight.completed(!waiting.isEmpty())) {
                openMatcher().prepare();
            }
            message = waiting.peek();
        }
        boundBacklog(nowNanos);
    }

    /**
     * Playback begins, or begins anew after the driver was away. A driver that waits for both in turn asks for its recording
     * when the playback message is done. If a period would be full by the time that message is heard, earlier frames
     * are dropped, and both go on as after START: such a driver never catches up, so its recordings would stay
     * older, by up to a period for each time it was away.
     */
    void playbackBegan() {
        if (state() != StreamState.STARTED || !waiting.isEmpty() || lastMessageHold.holds()) {
            return;
        }
        long nowNanos = thread.nanoTime();
        choosePace(nowNanos);
        takeReports(); // before the source is asked for its place anew
        long periodFrames = params().periodBytes() / params().frameBytes();
        long keptFrames = Math.max(0, periodFrames - clock.framesIn(PlaybackStream.SINGLE_PREROLL_NANOS));
        long backlogFrames = backlogFrames(nowNanos);
        if (pace.following() && backlogFrames > keptFrames) {
            dropTo(0, nowNanos);
            startedAnew(backlogFrames >= periodFrames);
        }
    }

    @Override
    void returnPending() {
        PcmMessage message = waiting.poll();
        if (message != null) { // the end of the stream is the only exception to full buffers (SND-76, SND-77)
            long capturedFrames = Math.max(filledFrames, Math.min(haltedFrame - deliveredFrames, message.frames));
            deliver(message, capturedFrames, deliveredFrames + capturedFrames, false);
        }
        while (!waiting.isEmpty()) {
            completer.complete(waiting.remove(), VirtioSnd.VIRTIO_SND_S_OK, 0, 0);
        }
    }

    @Override
    void forgetMessages() {
        super.forgetMessages();
        deliveredFrames += filledFrames;
        filledFrames = 0;
    }

    @Override
    void closeHostAudio() {
        if (matcher != null) {
            matcher.close();
            matcher = null;
        }
        if (source != null) {
            source.close();
            statistics.hostClosed();
            source = null;
            sourceMove.closed();
        }
        deliveredFrames = 0;
        filledFrames = 0;
        hurryFrames = 0;
        haltedClockFrame = 0;
        haltedFrame = 0;
        overflowed = false;
        latenessTold = false;
    }

    @Override
    void savePlace(SnapshotWriter out) {
        inFlight.save(out);
        out.i64(Math.max(0, openMatcher().usedFrames()));
        out.i64(deliveredFrames)
                .i64(filledFrames)
                .bool(overflowed)
                .bool(latenessTold)
                .i64(haltedClockFrame)
                .i64(haltedFrame);
        if (state() == StreamState.STARTED) {
            clock.save(out);
            pace.save(out, streams);
        }
    }

    @Override
    Runnable loadPlace(SavedStream from, List<PcmMessage> pending) throws SnapshotException {
        SnapshotReader in = from.in();
        Runnable exchange = inFlight.load(in);
        long used = from.frames("the frames used");
        long delivered = from.frames("the frames delivered");
        long mostFilled = pending.isEmpty() ? 0 : pending.get(0).frames;
        long filled = in.i64("the frames filled in", 0, mostFilled);
        boolean dropped = in.bool("frames were dropped");
        boolean told = in.bool("the driver was told");
        long haltedClock = from.place("where the clock stands");
        long halted = from.place("where the pace stands");
        boolean runs = from.state() == StreamState.STARTED;
        in.require(runs || delivered + filled - halted <= from.params().rateHz(), "more was recorded than was due");
        Runnable running = runs ? loadRunning(from, delivered + filled) : () -> {};
        return () -> {
            exchange.run();
            if (inFlight.single()) {
                openMatcher().prepare();
            }
            deliveredFrames = delivered;
            filledFrames = filled;
            overflowed = dropped;
            latenessTold = told;
            haltedClockFrame = haltedClock;
            haltedFrame = halted;
            running.run();
            goOn(used);
        };
    }

    private Runnable loadRunning(SavedStream from, long takenFrames) throws SnapshotException {
        StreamClock saved = from.clock();
        Runnable follow = pace.load(from, saved, takenFrames, streams);
        return () -> {
            clock = saved;
            follow.run();
        };
    }

    /**
     * A new source takes over. One that follows the device's clock goes on with the next frame; a live one finds
     * its place by the clock.
     */
    private void goOn(long usedFrames) {
        boolean runs = state() == StreamState.STARTED;
        long dueFrames = runs ? backlogFrames(thread.nanoTime()) : haltedFrame - deliveredFrames - filledFrames;
        hurryFrames = 0; // they were for the other source
        openMatcher().skip(usedFrames, usedFrames + dueFrames);
        if (runs) {
            openSource().start();
            nameMicrophone();
        }
    }

    @Override
    long latestNanos() {
        if (state() != StreamState.STARTED || lastMessageHold.holds()) {
            return Long.MAX_VALUE;
        }
        PcmMessage message = waiting.peek();
        long messageNanos = message == null ? 0 : message.frames * NANOS_PER_SECOND / params().rateHz();
        return thread.nanoTime() + messageNanos + REPORTS_NANOS;
    }

    /**
     * Starts or stops following a playback stream. A source that follows the device's clock has none that could differ;
     * one with its own clock is matched from then on.
     */
    private void choosePace(long nowNanos) {
        pace.follow(inFlight.single() ? streams.leadingClock(params().rateHz()) : null, nowNanos);
        RateMatcher reader = openMatcher();
        boolean ownClock = thread.timeBase() == TimeBase.WALL && openSource().reports() != PositionReports.NONE;
        if (pace.following() && ownClock && !reader.matching()) {
            clock.start(nowNanos, reader.usedFrames() + backlogFrames(nowNanos) + hurryFrames);
            pace.delay(reader.begin(nowNanos));
            reader.hurry(hurryFrames, backlogFrames(nowNanos));
            hurryFrames = 0;
        }
    }

    /** Frames that are due and have not been given to the driver, nor put into its message. */
    private long backlogFrames(long nowNanos) {
        return pace.framesAt(nowNanos) - deliveredFrames - filledFrames;
    }

    /** Without messages: a source need not keep much more than the driver will find. */
    private void boundBacklog(long nowNanos) {
        long mostFrames = boundFrames() + params().rateHz();
        long backlogFrames = backlogFrames(nowNanos);
        tellLateness(backlogFrames);
        if (backlogFrames >= mostFrames) {
            dropTo(boundFrames(), nowNanos);
            overflowed = true;
        }
        long tellFrames = params().tellsXruns() && !latenessTold ? boundFrames() + 1 : mostFrames;
        timer.arm(Math.min(pace.nanosAt(deliveredFrames + tellFrames), nowNanos + REPORTS_NANOS));
    }

    /** A driver that does not ask hears at once that it is too late, and not when it asks. */
    private void tellLateness(long backlogFrames) {
        if (!latenessTold && backlogFrames > boundFrames()) {
            latenessTold = true;
            tellXrun();
        }
    }

    /** The most frames that a driver finds if it did not ask for them in time. */
    private long boundFrames() {
        return Math.max(2 * params().periodBytes(), params().bufferBytes()) / params().frameBytes();
    }

    /**
     * A driver that was away finds its backlog, up to two periods, two messages or its buffer. Beyond that it gets the newest
     * frames and the ring restarts empty: a ring left at its bound would drop a few frames again and again.
     */
    private void dropOverflow(PcmMessage message, long nowNanos) {
        long backlogFrames = pace.framesAt(nowNanos) - deliveredFrames;
        if (overflowed || backlogFrames > Math.max(boundFrames(), 2 * message.frames)) {
            boolean guestWasLate = message.arrivalNanos > pace.nanosAt(deliveredFrames + message.frames);
            dropTo(message.frames, nowNanos);
            startedAnew(guestWasLate);
        }
    }

    /** Drops due frames, always through this method: this many of the newest stay, and the next message gets them. */
    private void dropTo(long keptFrames, long nowNanos) {
        deliveredFrames += filledFrames; // older than those that are dropped
        filledFrames = 0;
        long dueFrames = backlogFrames(nowNanos);
        long dropFrames = Math.max(0, dueFrames - keptFrames);
        openMatcher().skip(dropFrames, dueFrames);
        deliveredFrames += dropFrames;
    }

    /** The driver's next message is the first of a ring that was empty; otherwise the device was away, not the guest. */
    private void startedAnew(boolean guestWasLate) {
        overflowed = false;
        if (guestWasLate && latenessTold) {
            statistics.xrun();
        } else if (guestWasLate) {
            driverWasLate();
        } else {
            statistics.reanchored();
        }
    }

    /** Fills a message that is not yet due with the frames there are, if that is worth while. */
    private boolean fillAhead(PcmMessage message, long nowNanos) {
        if (!openMatcher().resampling()) {
            return false;
        }
        fill(message, Math.min(message.frames, pace.framesAt(nowNanos) - deliveredFrames));
        return true;
    }

    /**
     * What a live source that is to be closed has recorded goes into the oldest message, and is lost if there is none. After any
     * other the next one gives all that is due.
     */
    private void fillUntilNow() {
        PcmMessage message = waiting.peek();
        if (message != null && openSource().reports() != PositionReports.NONE) {
            long nowNanos = thread.nanoTime();
            dropOverflow(message, nowNanos);
            fill(message, Math.min(message.frames, pace.framesAt(nowNanos) - deliveredFrames));
        }
    }

    /** Fills a message up to this many frames, adds the status (SND-70), and completes it. */
    private void deliver(PcmMessage message, long frames, long capturedFrames, boolean last) {
        latenessTold = false;
        fill(message, frames);
        boolean good = message.isGood();
        deliveredFrames += frames;
        filledFrames = 0;
        long latencyFrames =
                Math.max(0, capturedFrames - deliveredFrames) + openMatcher().latencyFrames() + hurryFrames;
        hurry(frames);
        if (good && frames > 0) {
            statistics.completed(frames, latencyFrames);
        }
        lastMessageHold.complete(
                message,
                good ? VirtioSnd.VIRTIO_SND_S_OK : VirtioSnd.VIRTIO_SND_S_IO_ERR,
                latencyBytes(message, latencyFrames),
                good ? cutter.writtenBytes(message, frames, params().frameBytes()) : 0,
                last);
    }

    /** Makes frames after this many come a little sooner, if they may. */
    private void hurry(long frames) {
        long nowFrames = Math.min(hurryFrames, frames / HURRY_SHARE + 1);
        pace.delay(-nowFrames);
        hurryFrames -= nowFrames;
    }

    /** Copies frames to the oldest message until it has this many, and tells the matcher the state of its source. */
    private void fill(PcmMessage message, long frames) {
        int frameBytes = params().frameBytes();
        long nowNanos = thread.nanoTime();
        RateMatcher reader = openMatcher();
        if (filledFrames == 0) {
            message.failed |= !cutter.writeRest(message, frameBytes);
        }
        while (filledFrames < frames) {
            int now = (int) Math.min(frames - filledFrames, scratch.capacity() / frameBytes);
            scratch.clear().limit(now * frameBytes);
            reader.read(scratch, backlogFrames(nowNanos));
            gain.apply(scratch.flip());
            message.failed |= !cutter.write(message, filledFrames, scratch, frameBytes);
            filledFrames += now; // in any case, so that the next message keeps its place
        }
        AudioSource from = openSource();
        statistics.outOfPace(from.droppedFrames(), from.silentFrames());
        takeSpare(from, reader, nowNanos);
        long capturedFrames = clock.framesAt(nowNanos) - reader.usedFrames();
        long dueFrames = backlogFrames(nowNanos);
        reader.steer(clock.framesPerNano() / pace.framesPerNano(), capturedFrames - dueFrames, dueFrames, nowNanos);
    }

    /** Asks whether the source need not be read so late; its clock then shows more. */
    private void takeSpare(AudioSource from, RateMatcher reader, long nowNanos) {
        long spareFrames = from.takeSpareFrames();
        if (spareFrames == 0) {
            return;
        }
        clock.advance(spareFrames);
        if (!pace.following()) {
            pace.delay(spareFrames);
        }
        if (reader.matching()) {
            reader.hurry(spareFrames, backlogFrames(nowNanos));
        } else {
            hurryFrames += spareFrames;
        }
    }

    private void takeReports() {
        AudioSource from = source;
        if (from == null || thread.timeBase() != TimeBase.WALL) {
            return;
        }
        while (from.reports().poll(report)) {
            audioMove.reported(report.kind);
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

    private void nameMicrophone() {
        if (config.rules().capture()) {
            microphone.say(sourceMove.choice.chosen(), thread.nanoTime());
        }
    }

    private RateMatcher openMatcher() {
        RateMatcher open = matcher;
        if (open == null) {
            throw new IllegalStateException("no source in state " + state());
        }
        return open;
    }

    private AudioSource openSource() {
        AudioSource open = source;
        if (open == null) {
            throw new IllegalStateException("no source in state " + state());
        }
        return open;
    }
}
