// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.StreamMemory;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;

/**
 * An output stream: decides when a message's frames go to the sink and when the message is done.
 *
 * <p>All places are counted in frames written to the sink since it was opened. The {@link StreamClock} shows
 * {@code consumed(t)}, how far the host must have been fed; {@code audible(t) = consumed(t) - target} is what is heard.
 * A message is copied when {@code consumed} passes its first frame, and done as {@link CompletionPolicy} and
 * {@link ExchangeRule} say. All deadlines come from frame counts, so nothing is ever rounded twice.
 */
final class PlaybackStream extends PcmStream {
    /** With one message in flight: a first message's first frame is due this long after the message came. */
    static final long SINGLE_PREROLL_NANOS = 120_000_000;
    /** With one message in flight: a message is copied and done this long before its first frame is due. */
    static final long SINGLE_LEAD_NANOS = 40_000_000;

    /** A driver that ends its stream says so within this time after the last completion: no under-run till then. */
    private static final long GRACE_NANOS = 20_000_000;
    /** The device itself was away for longer than this: the clock is placed anew instead of catching up in a burst. */
    private static final long STALL_NANOS = 250_000_000;
    /** A latency that was raised falls by so much at a time... */
    private static final long COME_DOWN_NANOS = 1_000_000;
    /** ...and not more often than this: the guest's clock is a twentieth slow meanwhile. */
    private static final long COME_DOWN_PAUSE_NANOS = 20_000_000;
    /** The loop takes care of less than this. */
    private static final long MISPLACED_NANOS = 1_000_000;
    /** A longer message is copied in slices, so that no message keeps the thread. */
    private static final int SLICES_PER_SECOND = 2;

    private final AudioBackend backend;
    private final BetterHost betterHost;
    private final DeviceStreams streams;
    private final SinkWriter writer;
    private final PositionReports.Report report = new PositionReports.Report();

    /** Messages wholly handed to the sink and not done, oldest first. */
    private final ArrayDeque<PcmMessage> playing = new ArrayDeque<>();

    private @Nullable AudioSink sink;
    private @Nullable PcmParams sinkParams;
    private StreamClock clock = new StreamClock(48000);
    /** What the guest is shown of it. */
    private ApproachedClock shown = new ApproachedClock(clock);

    private long targetFrames;
    private long writtenFrames;
    /** Where a sink began that took over from another one: it counts from there. */
    private long openedFrame;

    /** The clock is placed: something plays, or did a moment ago. */
    private boolean anchored;
    /** The clock has been placed since the sink was opened: a new place leaves a gap. */
    private boolean playedBefore;
    /** STOP with messages pending; START goes on where consumed() stood. */
    private boolean paused;

    private long pausedFrame;
    /** The first frame after the clock was placed: the host says nothing about it before it plays it. */
    private long anchorFrame;
    /** The host has not said yet when it plays what came after the clock was placed. */
    private boolean unplaced;

    private long cameDownNanos;

    private final MessagesInFlight inFlight;

    /** With several messages in flight: so much before its last frame is consumed is a message done; soon 0 again. */
    private long earlyFrames;

    PlaybackStream(String name, StreamInfo info, StreamEnvironment environment) {
        super(name, info, environment);
        streams = environment.streams();
        backend = environment.backend();
        betterHost = new BetterHost(backend);
        writer = new SinkWriter(environment.scratch());
        cameDownNanos = thread.nanoTime();
        inFlight = new MessagesInFlight(config.exchange());
    }

    @Override
    long soundBytes(PcmParams wanted) {
        return StreamMemory.playbackBytes(wanted);
    }

    @Override
    boolean takesUp(PcmParams wanted) {
        return backend.takesUp(wanted, statistics.name());
    }

    @Override
    @Nullable
    PcmParams openParams() {
        return sink == null ? null : sinkParams;
    }

    @Override
    void open(StreamParams set, PcmParams wanted) {
        if (sink == null || !wanted.equals(sinkParams) || betterHost.isThere()) {
            closeHostAudio();
            openSink(wanted);
            clock = new StreamClock(set.rateHz());
            shown = new ApproachedClock(clock);
        }
        inFlight.open(set);
        earlyFrames = 0;
    }

    private void openSink(PcmParams wanted) {
        betterHost.opening();
        AudioSink opened = backend.openSink(wanted, statistics.name());
        betterHost.opened(opened.isMakeshift());
        sink = opened;
        sinkParams = wanted;
    }

    @Override
    void run() {
        if (!paused && betterHost.isThere()) {
            moveOver();
        }
        AudioSink to = openSink();
        takeReports(); // from before
        targetFrames = to.targetFrames();
        to.start();
        long nowNanos = thread.nanoTime();
        seeInFlight();
        if (paused) {
            paused = false;
            shown.start(nowNanos, pausedFrame);
            anchorFrame = pausedFrame - targetFrames;
            unplaced = true;
            anchored = true;
        } else if (!waiting.isEmpty()) {
            anchor(nowNanos);
        }
    }

    @Override
    void halt() {
        if (anchored && !(waiting.isEmpty() && playing.isEmpty())) {
            paused = true;
            pausedFrame = shown.framesAt(thread.nanoTime());
            anchored = false;
            openSink().pause();
        } else {
            anchored = false;
            openSink().drain();
        }
    }

    @Override
    void arrived(int count) {
        seeInFlight();
        long firstNanos = waiting.element().arrivalNanos;
        if (anchored && playing.isEmpty() && waiting.size() == count && firstNanos > heardNanos()) {
            statistics.xrun(); // too late, though the grace for the end of a stream is not over
            anchored = false;
        }
        if (!anchored) {
            anchor(firstNanos);
        }
    }

    /**
     * A driver that was thought to have a single message in flight and has two is given its messages back later and later,
     * until they are done when they were consumed. What was handed over before goes on playing without a seam.
     */
    private void seeInFlight() {
        if (inFlight.taken(waiting.size() + playing.size())
                && anchored
                && config.completion() == CompletionPolicy.PACED) {
            earlyFrames = params().periodBytes() / params().frameBytes() + leadFrames();
        }
    }

    @Override
    void proceed() {
        if (state() != StreamState.STARTED) {
            return;
        }
        if (betterHost.isNeeded()) {
            moveOver();
        }
        takeReports();
        long nowNanos = thread.nanoTime();
        while (anchored && (finishDue(nowNanos) || handDue(nowNanos) || starveDue(nowNanos))) {
            // one step at a time: each may change what is due next
        }
        armTimer();
    }

    @Override
    void returnPending() {
        returnAll(playing);
        returnAll(waiting);
    }

    @Override
    void forgetMessages() {
        super.forgetMessages();
        while (!playing.isEmpty()) {
            pool.give(playing.remove());
        }
    }

    @Override
    void closeHostAudio() {
        if (sink != null) {
            sink.close();
            statistics.hostClosed();
            sink = null;
        }
        writtenFrames = 0;
        openedFrame = 0;
        anchored = false;
        playedBefore = false;
        paused = false;
    }

    /** The clock by which a driver with one message in flight plays just now; null if it does not. */
    @Nullable
    StreamClock leadingClock(int rateHz) {
        boolean leads = state() == StreamState.STARTED && anchored && inFlight.single() && params().rateHz() == rateHz;
        return leads ? clock : null;
    }

    /** The clock by which the stream goes; null if it has played nothing since its sink was opened. */
    @Nullable
    StreamClock clock() {
        return state().takesMessages() && playedBefore ? clock : null;
    }

    @Override
    void savePlace(SnapshotWriter out) {
        inFlight.save(out);
        out.i64(earlyFrames);
        PcmMessage.saveAll(playing, out);
        out.i64(writtenFrames).bool(playedBefore);
        if (playedBefore) {
            out.bool(anchored).bool(paused).i64(pausedFrame);
            shown.save(out);
        }
    }

    @Override
    Runnable loadPlace(SavedStream from, List<PcmMessage> pending) throws SnapshotException {
        Runnable exchange = inFlight.load(from.in());
        long mostEarly = from.params().bufferBytes() / from.params().frameBytes()
                + from.params().rateHz();
        long early = from.in().i64("how early messages are done", 0, mostEarly);
        PlaybackPlace place = PlaybackPlace.load(from, pending);
        return () -> {
            exchange.run();
            earlyFrames = early;
            take(place);
            goOn();
        };
    }

    private void take(PlaybackPlace place) {
        playing.addAll(place.handed());
        writtenFrames = place.writtenFrames();
        StreamClock saved = place.clock();
        if (saved != null) {
            playedBefore = true;
            anchored = place.anchored();
            paused = place.paused();
            pausedFrame = place.pausedFrame();
            clock = saved;
            shown = new ApproachedClock(saved);
        }
    }

    /** Better host audio was found: a sink of it takes over. */
    private void moveOver() {
        PcmParams wanted = sinkParams;
        if (wanted != null) {
            openSink().close();
            statistics.hostClosed();
            openSink(wanted);
            goOn();
        }
    }

    /**
     * A new sink takes over. One that goes by the device's clock needs only what comes. A live host knows nothing of what
     * the one before it was given, so that what was not fed yet is silence, and counts from its own beginning.
     */
    private void goOn() {
        AudioSink to = openSink();
        targetFrames = to.targetFrames();
        if (state() == StreamState.STARTED) {
            to.start();
        } else if (paused) {
            to.pause();
        }
        if (to.reports() == PositionReports.NONE) {
            return;
        }
        long lostFrames = 0;
        if (anchored || paused) {
            long fedFrames = paused ? pausedFrame : clock.framesAt(thread.nanoTime());
            lostFrames = Math.max(0, Math.min(writtenFrames - fedFrames, params().rateHz()));
        }
        if (anchored) {
            statistics.xrun();
        }
        writtenFrames -= lostFrames;
        openedFrame = writtenFrames;
        anchorFrame = writtenFrames;
        unplaced = true;
        writeSilence(to, lostFrames);
    }

    @Override
    long latestNanos() {
        return state() == StreamState.STARTED && anchored ? dueNanos() : Long.MAX_VALUE;
    }

    /** Completes the oldest message in the sink if it is due. */
    private boolean finishDue(long nowNanos) {
        PcmMessage message = playing.peek();
        if (message == null) {
            return false;
        }
        long deadlineNanos = doneNanos(message);
        if (deadlineNanos > nowNanos) {
            return false;
        }
        playing.remove();
        long latencyFrames = Math.max(0, message.endFrame - (clock.framesAt(nowNanos) - targetFrames));
        boolean good = !message.failed && message.strayBytes == 0;
        if (good) {
            statistics.completionErrors().record(nowNanos - Math.max(deadlineNanos, message.arrivalNanos));
            statistics.completed(message.frames, latencyFrames);
        }
        earlyFrames = Math.max(0, earlyFrames - Math.max(1, message.frames / 2));
        boolean last = waiting.isEmpty() && playing.isEmpty() && !params().holdsOnePeriod() && !inFlight.single();
        lastCompletion.complete(
                message,
                good ? VirtioSnd.VIRTIO_SND_S_OK : VirtioSnd.VIRTIO_SND_S_IO_ERR,
                latencyBytes(latencyFrames, params().frameBytes()),
                0,
                last);
        boolean othersLeft = !waiting.isEmpty() || !playing.isEmpty();
        if (inFlight.completed(othersLeft) && ahead()) {
            anchored = false;
        }
        return true;
    }

    /** Hands the next slice to the sink if it is due. */
    private boolean handDue(long nowNanos) {
        PcmMessage message = waiting.peek();
        if (message == null) {
            return false;
        }
        long deadlineNanos = handNanos();
        if (deadlineNanos > nowNanos) {
            return false;
        }
        if (nowNanos - Math.max(deadlineNanos, message.arrivalNanos) > STALL_NANOS) {
            anchored = false;
            anchor(nowNanos);
            return true;
        }
        hand(message);
        if (message.framesHanded == message.frames) {
            waiting.remove();
            message.endFrame = writtenFrames;
            playing.add(message);
        }
        return true;
    }

    /** Notices that the guest has let the sink run dry. */
    private boolean starveDue(long nowNanos) {
        if (starveNanos() > nowNanos || !waiting.isEmpty() || !playing.isEmpty()) {
            return false;
        }
        statistics.xrun();
        anchored = false;
        return true;
    }

    private void armTimer() {
        if (anchored) {
            timer.arm(dueNanos());
        } else {
            timer.cancel();
        }
    }

    /** When something is due next. */
    private long dueNanos() {
        long deadlineNanos = Long.MAX_VALUE;
        if (!playing.isEmpty()) {
            deadlineNanos = doneNanos(playing.element());
        }
        if (!waiting.isEmpty()) {
            deadlineNanos = Math.min(deadlineNanos, handNanos());
        } else if (playing.isEmpty()) {
            deadlineNanos = starveNanos();
        }
        return deadlineNanos;
    }

    private long doneNanos(PcmMessage message) {
        long firstFrame = message.endFrame - message.frames;
        return shown.nanosAt(
                switch (config.completion()) {
                    case PACED -> ahead() ? firstFrame - leadFrames() : message.endFrame - earlyFrames;
                    case PLAYED -> message.endFrame + targetFrames;
                    case COPIED -> firstFrame;
                });
    }

    private long handNanos() {
        PcmMessage message = waiting.peek();
        if (!ahead()) {
            long frames = message == null ? 0 : message.frames;
            return shown.nanosAt(writtenFrames - Math.max(0, earlyFrames - frames));
        }
        // copied whole: its slices have one deadline
        long handedFrames = message == null ? 0 : message.framesHanded;
        return shown.nanosAt(writtenFrames - handedFrames - leadFrames());
    }

    /** When the last frame written is heard. */
    private long heardNanos() {
        return shown.nanosAt(writtenFrames + targetFrames);
    }

    private long starveNanos() {
        long graceFrames = Math.max(targetFrames, clock.framesIn(GRACE_NANOS));
        if (config.completion() == CompletionPolicy.PLAYED) {
            graceFrames += targetFrames; // the driver hears of the last frame only when it was heard
        }
        return shown.nanosAt(writtenFrames + graceFrames);
    }

    /** Whether messages are done before their first frame is due. */
    private boolean ahead() {
        return inFlight.single() && config.completion() == CompletionPolicy.PACED;
    }

    private long leadFrames() {
        return clock.framesIn(SINGLE_LEAD_NANOS);
    }

    /** Places the clock so that the next frame written is due now, or after the pre-roll. */
    private void anchor(long nowNanos) {
        AudioSink to = openSink();
        // never before what is still being played, of this sink or of one before it
        long startNanos = nowNanos + clock.nanosOf(to.heldFrames());
        if (playedBefore) {
            statistics.reanchored();
            to.gap(Math.max(0, shown.framesAt(nowNanos) - writtenFrames));
            startNanos = Math.max(startNanos, shown.nanosAt(writtenFrames));
        }
        shown.start(startNanos, writtenFrames);
        anchorFrame = writtenFrames;
        unplaced = true;
        playedBefore = true;
        anchored = true;
        earlyFrames = 0;
        if (ahead()) {
            writeSilence(to, clock.framesIn(Math.max(0, SINGLE_PREROLL_NANOS - (startNanos - nowNanos))));
        }
        streams.playbackBegan();
    }

    private void hand(PcmMessage message) {
        long sliceFrames = Math.min(message.frames - message.framesHanded, params().rateHz() / SLICES_PER_SECOND);
        AudioSink to = openSink();
        writer.write(to, message, sliceFrames, params());
        writtenFrames += sliceFrames;
        statistics.outOfPace(to.droppedFrames(), to.silentFrames());
    }

    private void writeSilence(AudioSink to, long frames) {
        writer.writeSilence(to, frames, params());
        writtenFrames += frames;
    }

    private void takeReports() {
        AudioSink from = sink;
        if (from == null || thread.timeBase() != TimeBase.WALL) {
            return;
        }
        while (from.reports().poll(report)) { // all of them: what is left would be old when it counts again
            report.frames += openedFrame;
            betterHost.reported(report.kind);
            switch (report.kind) {
                case POSITION -> {
                    // a host cannot have played what it was not given
                    if (anchored && report.frames > anchorFrame && report.frames <= writtenFrames) {
                        follow(from);
                    }
                }
                case XRUN -> hostFailed();
                case LOST -> {
                    shown.lost(report.nanos);
                    hostFailed();
                }
            }
        }
    }

    /**
     * The first position after the clock was placed puts it where the host is: opening took its time, or the host ran dry.
     * Those that follow steer it.
     */
    private void follow(AudioSink from) {
        if (unplaced) {
            long place = report.frames + from.targetFrames();
            if (!clock.believes(place, report.nanos)) {
                return;
            }
            targetFrames = from.targetFrames();
            unplaced = false;
            if (Math.abs(clock.ahead(place, report.nanos)) > clock.framesIn(MISPLACED_NANOS)) {
                shown.place(report.nanos, place, thread.nanoTime());
                return;
            }
        }
        clock.report(report.frames + targetFrames, report.nanos);
        if (from.targetFrames() < targetFrames) {
            comeDown(from.targetFrames());
        }
    }

    /** The host needs less than it did: the device hands over a little later and a little later, until it is at that. */
    private void comeDown(long leastFrames) {
        long nowNanos = thread.nanoTime();
        if (nowNanos - cameDownNanos < COME_DOWN_PAUSE_NANOS) {
            return;
        }
        cameDownNanos = nowNanos;
        long step = Math.min(targetFrames - leastFrames, clock.framesIn(COME_DOWN_NANOS));
        targetFrames -= step;
        shown.place(nowNanos, clock.framesAt(nowNanos) - step, nowNanos);
    }

    private void hostFailed() {
        if (anchored) {
            statistics.xrun();
            unplaced = true;
            anchorFrame = Math.max(anchorFrame, report.frames); // what is heard before that was queued before it
        }
    }

    private void returnAll(ArrayDeque<PcmMessage> messages) {
        while (!messages.isEmpty()) {
            completer.complete(messages.remove(), VirtioSnd.VIRTIO_SND_S_IO_ERR, 0, 0);
        }
    }

    private AudioSink openSink() {
        AudioSink open = sink;
        if (open == null) {
            throw new IllegalStateException("no sink in state " + state());
        }
        return open;
    }
}
