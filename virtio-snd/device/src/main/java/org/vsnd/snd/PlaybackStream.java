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
 * An output stream: decides when a message's frames go to the sink and when the message is done. {@link PlaybackPace}
 * knows its place in time: a message is copied when {@code consumed} passes its first frame, and done as {@link
 * CompletionPolicy} and {@link ExchangeRule} say.
 */
final class PlaybackStream extends PcmStream {
    /** With one message in flight: a first message's first frame is due this long after the message came. */
    static final long SINGLE_PREROLL_NANOS = 120_000_000;
    /** With one message in flight: a message is copied and done this long before its first frame is due. */
    static final long SINGLE_LEAD_NANOS = 40_000_000;

    /** The device itself was away for longer than this: the clock is placed anew instead of catching up in a burst. */
    private static final long STALL_NANOS = 250_000_000;
    /** Longer messages are copied in slices, so that no message occupies the thread. */
    private static final int SLICES_PER_SECOND = 2;

    private final AudioBackend backend;
    private final AudioMove audioMove;
    private final DeviceStreams streams;
    private final SinkWriter writer;
    private final PlaybackPace pace;
    private final MessagesInFlight inFlight;
    private final LongHeaders longHeaders;
    private final PositionReports.Report report = new PositionReports.Report();

    /** Messages wholly handed to the sink and not done, oldest first. */
    private final ArrayDeque<PcmMessage> playing = new ArrayDeque<>();

    private @Nullable AudioSink sink;
    private @Nullable PcmParams sinkParams;

    /** With several messages in flight: how long before its last frame is consumed a message is done; soon 0 again. */
    private long earlyFrames;

    private final RunDry dry;

    PlaybackStream(String name, StreamInfo info, StreamEnvironment environment) {
        super(name, info, environment);
        streams = environment.streams();
        backend = environment.backend();
        audioMove = new AudioMove(backend);
        writer = new SinkWriter(environment.scratch(), cutter, gain);
        pace = new PlaybackPace(thread.nanoTime());
        inFlight = new MessagesInFlight(config.rules().exchange());
        longHeaders = new LongHeaders(environment);
        dry = new RunDry(thread, this::tellXrun);
    }

    @Override
    void added(PcmMessage message) {
        longHeaders.look(message, params().periodBytes());
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
        if (sink == null || !wanted.equals(sinkParams) || audioMove.isThere()) {
            closeHostAudio();
            openSink(wanted);
            pace.open(set.rateHz());
        }
        inFlight.open(set);
        longHeaders.begin();
        earlyFrames = 0;
        dry.end();
    }

    private void openSink(PcmParams wanted) {
        audioMove.opening();
        AudioSink opened = backend.openSink(wanted, statistics.name());
        audioMove.opened(opened.isMakeshift());
        volume.opened(opened::tie);
        sink = opened;
        sinkParams = wanted;
    }

    @Override
    void run() {
        if (!pace.paused() && audioMove.isThere()) {
            moveOver();
        }
        AudioSink to = openSink();
        takeReports(); // from before
        pace.setTargetFrames(to.targetFrames());
        to.start();
        long nowNanos = thread.nanoTime();
        seeInFlight();
        if (pace.paused()) {
            pace.resume(nowNanos);
        } else if (!waiting.isEmpty()) {
            begin(nowNanos);
        }
    }

    @Override
    void halt() {
        if (pace.runs() && !(waiting.isEmpty() && playing.isEmpty())) {
            dry.end();
            pace.pause(thread.nanoTime());
            openSink().pause();
        } else {
            playOut();
            cutter.begin();
        }
    }

    private void playOut() {
        dry.end();
        pace.end();
        openSink().drain();
    }

    /**
     * What a message says that is given back, that it was consumed, must be true (SND-73): the sink takes the driver's whole
     * buffer, and plays it out. What a driver sent beyond that it gets back unplayed.
     */
    @Override
    void end() {
        long nowNanos = thread.nanoTime();
        boolean pause = !(waiting.isEmpty() && playing.isEmpty());
        while (!waiting.isEmpty() && fits(waiting.element(), nowNanos)) {
            handSlice(waiting.element());
        }
        while (!playing.isEmpty()) {
            finish(playing.remove(), nowNanos, false);
        }
        boolean whole = waiting.isEmpty();
        returnAll(waiting);
        playOut();
        if (!(pause && whole)) {
            cutter.begin();
        }
    }

    /** Whether the sink holds the rest of a message as well. */
    private boolean fits(PcmMessage message, long nowNanos) {
        PcmParams held = sinkParams;
        long fedFrames = pace.audibleFrame(nowNanos) + pace.targetFrames();
        long aheadFrames = pace.writtenFrames() + message.frames - message.framesHanded - fedFrames;
        return held != null && aheadFrames <= held.burstFrames();
    }

    @Override
    void arrived(int count) {
        seeInFlight();
        long firstNanos = waiting.element().arrivalNanos;
        if (pace.runs() && playing.isEmpty() && waiting.size() == count && firstNanos > heardNanos()) {
            driverWasLate(); // too late, though the grace for the end of a stream is not over
            pace.end();
        }
        if (dry.isTold()) {
            statistics.xrun();
        } else if (dry.is()) {
            driverWasLate(); // it was not the end of the sound
        }
        dry.end();
        if (!pace.runs()) {
            begin(firstNanos);
        }
    }

    /**
     * A driver that was taken for one with a single message in flight, but has two, gets its messages back later and
     * later, until they are done when consumed. Frames handed over before play on without a gap.
     */
    private void seeInFlight() {
        if (inFlight.taken(waiting.size() + playing.size())
                && pace.runs()
                && config.rules().completion() == CompletionPolicy.PACED) {
            earlyFrames = params().periodBytes() / params().frameBytes() + leadFrames();
        }
    }

    @Override
    void proceed() {
        if (state() != StreamState.STARTED) {
            return;
        }
        if (audioMove.isNeeded()) {
            moveOver();
        }
        takeReports();
        long nowNanos = thread.nanoTime();
        while (pace.runs() && (finishDue(nowNanos) || handDue(nowNanos) || starveDue(nowNanos))) {
            // one step at a time: each may change what is due next
        }
        if (!lastMessageHold.holds() && params().tellsXruns()) {
            dry.givenBack();
        }
        armTimer();
    }

    @Override
    void returnPending() {
        returnAll(playing);
        returnAll(waiting);
    }

    @Override
    boolean hasPending() {
        return super.hasPending() || !playing.isEmpty();
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
        pace.close();
        dry.end();
    }

    /** The clock by which a driver with one message in flight plays now; null if it does not. */
    @Nullable
    StreamClock leadingClock(int rateHz) {
        boolean leads =
                state() == StreamState.STARTED && pace.runs() && inFlight.single() && params().rateHz() == rateHz;
        return leads ? pace.clock() : null;
    }

    /** The clock that the stream uses; null if it has played nothing since its sink was opened. */
    @Nullable
    StreamClock clock() {
        return state().takesMessages() ? pace.clock() : null;
    }

    @Override
    void savePlace(SnapshotWriter out) {
        inFlight.save(out);
        out.i64(earlyFrames);
        dry.save(out);
        PcmMessage.saveAll(playing, out);
        pace.save(out);
    }

    @Override
    Runnable loadPlace(SavedStream from, List<PcmMessage> pending) throws SnapshotException {
        Runnable exchange = inFlight.load(from.in());
        long mostEarly = from.params().bufferBytes() / from.params().frameBytes()
                + from.params().rateHz();
        long early = from.in().i64("how early messages are done", 0, mostEarly);
        Runnable wasDry = dry.load(from.in());
        List<PcmMessage> handed = from.messages();
        Runnable place = pace.load(from, handed, pending);
        return () -> {
            exchange.run();
            earlyFrames = early;
            wasDry.run();
            playing.addAll(handed);
            place.run();
            goOn();
        };
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
     * A new sink takes over. One that follows the device's clock needs only the next frames. A live host knows nothing
     * of the frames of the one before it, so those not yet fed are silence, and counts from its own beginning.
     */
    private void goOn() {
        AudioSink to = openSink();
        pace.setTargetFrames(to.targetFrames());
        if (state() == StreamState.STARTED) {
            to.start();
        } else if (pace.paused()) {
            to.pause();
        }
        if (to.reports() == PositionReports.NONE) {
            return;
        }
        if (pace.runs()) {
            statistics.xrun();
        }
        writeSilence(to, pace.takeOver(thread.nanoTime(), params().rateHz()));
    }

    @Override
    long latestNanos() {
        dry.ensureTimer();
        return state() == StreamState.STARTED && pace.runs() ? dueNanos() : Long.MAX_VALUE;
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
        if (message.isGood()) {
            statistics.completionErrors().record(nowNanos - Math.max(deadlineNanos, message.arrivalNanos));
        }
        earlyFrames = Math.max(0, earlyFrames - Math.max(1, message.frames / 2));
        finish(message, nowNanos, playing.isEmpty() && isWithoutNext());
        boolean othersLeft = !waiting.isEmpty() || !playing.isEmpty();
        if (inFlight.completed(othersLeft) && ahead()) {
            pace.end();
        }
        return true;
    }

    /** Whether the driver has sent nothing to play after what the sink has, though it could. */
    private boolean isWithoutNext() {
        return waiting.isEmpty() && !params().holdsOnePeriod() && !inFlight.single();
    }

    /** Gives back a message that the sink has. */
    private void finish(PcmMessage message, long nowNanos, boolean last) {
        long latencyFrames = Math.max(0, message.endFrame - pace.audibleFrame(nowNanos));
        boolean good = message.isGood();
        if (good) {
            statistics.completed(message.frames, latencyFrames);
        }
        lastMessageHold.complete(
                message,
                good ? VirtioSnd.VIRTIO_SND_S_OK : VirtioSnd.VIRTIO_SND_S_IO_ERR,
                latencyBytes(message, latencyFrames),
                0,
                last);
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
            pace.end();
            begin(nowNanos);
            return true;
        }
        handSlice(message);
        return true;
    }

    private void handSlice(PcmMessage message) {
        hand(message);
        if (message.framesHanded == message.frames) {
            waiting.remove();
            cutter.keep(message, params().format(), params().frameBytes());
            message.endFrame = pace.writtenFrames();
            playing.add(message);
        }
    }

    /** Notices that the guest has let the sink run dry, unless a sound ends: its last message may be done later than it was played. */
    private boolean starveDue(long nowNanos) {
        if (starveNanos() > nowNanos || !waiting.isEmpty() || !playing.isEmpty()) {
            return false;
        }
        if (lastMessageHold.waitsForALook()) {
            dry.begin();
        } else {
            driverWasLate();
        }
        pace.end();
        return true;
    }

    private void armTimer() {
        if (pace.runs()) {
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
        return switch (config.rules().completion()) {
            case PACED -> ahead() ? pace.nanosAt(firstFrame - leadFrames()) : pacedNanos(message);
            case PLAYED -> pace.nanosAt(message.endFrame + pace.targetFrames());
            case COPIED -> pace.nanosAt(firstFrame);
        };
    }

    private long pacedNanos(PcmMessage message) {
        long endNanos = pace.nanosAt(message.endFrame - earlyFrames);
        boolean last = playing.size() == 1 && isWithoutNext();
        return last ? lastMessageHold.lastDueNanos(message, endNanos) : endNanos;
    }

    private long handNanos() {
        PcmMessage message = waiting.peek();
        if (!ahead()) {
            long frames = message == null ? 0 : message.frames;
            return pace.nanosAt(pace.writtenFrames() - Math.max(0, earlyFrames - frames));
        }
        // copied whole: its slices have one deadline
        long handedFrames = message == null ? 0 : message.framesHanded;
        return pace.nanosAt(pace.writtenFrames() - handedFrames - leadFrames());
    }

    /** When the last frame written is heard. */
    private long heardNanos() {
        return pace.nanosAt(pace.writtenFrames() + pace.targetFrames());
    }

    private long starveNanos() {
        long graceFrames = Math.max(pace.targetFrames(), pace.framesIn(RunDry.GRACE_NANOS));
        if (config.rules().completion() == CompletionPolicy.PLAYED) {
            graceFrames += pace.targetFrames(); // the driver learns of the last frame only when it has been heard
        }
        return pace.nanosAt(pace.writtenFrames() + graceFrames);
    }

    /** Whether messages are done before their first frame is due. */
    private boolean ahead() {
        return inFlight.single() && config.rules().completion() == CompletionPolicy.PACED;
    }

    private long leadFrames() {
        return pace.framesIn(SINGLE_LEAD_NANOS);
    }

    /** Something is to be played and nothing is playing: its first frame is due now, or after the pre-roll. */
    private void begin(long nowNanos) {
        AudioSink to = openSink();
        long heldFrames = to.heldFrames();
        if (pace.hasPlayed()) {
            statistics.reanchored();
            to.gap(pace.missingFrames(nowNanos));
        }
        long startNanos = pace.start(nowNanos, heldFrames);
        earlyFrames = 0;
        if (ahead()) {
            writeSilence(to, pace.framesIn(Math.max(0, SINGLE_PREROLL_NANOS - (startNanos - nowNanos))));
        }
        streams.playbackBegan();
    }

    private void hand(PcmMessage message) {
        long sliceFrames = Math.min(message.frames - message.framesHanded, params().rateHz() / SLICES_PER_SECOND);
        AudioSink to = openSink();
        writer.write(to, message, sliceFrames, params());
        pace.wrote(sliceFrames);
        statistics.outOfPace(to.droppedFrames(), to.silentFrames());
    }

    private void writeSilence(AudioSink to, long frames) {
        writer.writeSilence(to, frames, params());
        pace.wrote(frames);
    }

    private void takeReports() {
        AudioSink from = sink;
        if (from == null || thread.timeBase() != TimeBase.WALL) {
            return;
        }
        while (from.reports().poll(report)) { // all of them: any left would be out of date later
            audioMove.reported(report.kind);
            switch (report.kind) {
                case POSITION -> pace.played(report.frames, report.nanos, from.targetFrames(), thread.nanoTime());
                case XRUN -> hostFailed();
                case LOST -> {
                    pace.lost(report.nanos);
                    hostFailed();
                }
            }
        }
    }

    private void hostFailed() {
        if (pace.failed(report.frames)) {
            statistics.xrun();
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
