// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.GainStage;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.RestoredChains;

/**
 * One PCM stream: its life cycle (5.14.6.6.1), the messages it holds and its place in time. Subclasses know what a
 * message means.
 *
 * <p>Device thread only.
 */
abstract class PcmStream {
    private static final Section SECTION = new Section("STRM", "stream");
    private static final StreamState[] STATES = StreamState.values();

    final StreamInfo info;
    final StreamStatistics statistics;
    final ScheduledTasks thread;
    final SoundConfig config;
    final AudioBudget budget;
    final DriverFaults faults;
    final MessageCompleter completer;
    private final RingPoll poll;
    private final EventQueue.Event xrun;
    final MessagePool pool;
    final ScheduledTasks.ScheduledTimer timer;
    final LastMessageHold lastMessageHold;
    final FrameCutter cutter;
    final RefusedMessages refused;
    final StreamVolume volume;
    final GainStage gain;

    /** Messages that have not been started, oldest first. */
    final ArrayDeque<PcmMessage> waiting = new ArrayDeque<>();

    /** How many of them came since the last {@link #taken}. */
    private int added;

    private StreamState state = StreamState.INITIAL;
    /** The state is that of another device, and nothing was asked of this one yet. */
    private boolean replaced;

    private @Nullable StreamParams params;

    PcmStream(String name, StreamInfo info, StreamEnvironment environment) {
        this.info = info;
        this.config = environment.config();
        this.budget = environment.budget();
        this.faults = environment.faults();
        this.thread = environment.thread();
        this.completer = environment.completer();
        this.poll = environment.poll();
        this.xrun = environment.events().add(new XrunEvent(environment.streams().count()));
        this.pool = environment.pool();
        this.statistics = new StreamStatistics(name, info.isOutput());
        this.cutter =
                new FrameCutter(info, config.rules().strict(), config.rules().headerBytes());
        this.volume = new StreamVolume(info.channelsMax(), config.controls().volume(), environment.hostChanged());
        this.gain = volume.gain;
        this.timer = thread.timer(this::due);
        this.lastMessageHold = new LastMessageHold(thread, completer, this::proceed);
        this.refused = new RefusedMessages(this, thread);
    }

    /** Chooses what is recorded, by the number of a source. */
    void recordFrom(int source) {
        // what plays has none
    }

    /** The number of the source that was chosen last, here or at the host. */
    int recordsFrom() {
        return 0;
    }

    private void due() {
        poll.beforeDue(this);
        proceed();
    }

    /** Whether the stream runs and its driver does not notify. */
    final boolean isPolled() {
        StreamParams set = params;
        return state == StreamState.STARTED && set != null && set.polled();
    }

    /** The driver was too late: nothing was there to be played, or what was recorded had no room. Once for each time (SND-61). */
    final void driverWasLate() {
        statistics.xrun();
        tellXrun();
    }

    /** Tells the driver that it is too late, if it wants to hear of that (SND-37). */
    final void tellXrun() {
        if (params().tellsXruns()) {
            xrun.raise();
        }
    }

    /**
     * PCM_SET_PARAMS. A failure leaves the previous parameters in force (SND-43). A stream that is stopped is released
     * first, as by {@link #prepare}.
     */
    final void setParams(PcmSetParams asked) throws RequestException {
        checkTransition(PcmCommand.SET_PARAMS);
        StreamParams checked = StreamParams.check(asked, info, config.rules().strict());
        if (soundBytes(hostParams(checked)) > budget.mostBytes()) {
            throw RequestException.notSupported("more sound in the buffer than the card has memory for: " + checked);
        }
        releaseFirst(PcmCommand.SET_PARAMS);
        giveBackPending(); // only in PREPARED: the messages were made for other parameters
        params = checked;
        statistics.setRateHz(checked.rateHz());
        enter(StreamState.SET_PARAMS);
    }

    /**
     * PCM_PREPARE: asks for the host's audio and answers at once (SND-58). May be repeated (SND-51). Refused when all
     * streams together, including those that play out, keep as much sound as a card may; it may succeed when others are
     * released. A stream that would take over one that plays out needs no more memory.
     */
    final void prepare() throws RequestException {
        checkTransition(PcmCommand.PREPARE);
        releaseFirst(PcmCommand.PREPARE);
        StreamParams set = params();
        PcmParams wanted = hostParams(set);
        if (!wanted.equals(openParams()) && !budget.fits(soundBytes(wanted)) && !takesUp(wanted)) {
            throw RequestException.ioError("the card's " + budget.promisedBytes()
                    + " bytes of sound leave no room for the " + soundBytes(wanted) + " of another stream");
        }
        openAudio(set);
        refused.forgive();
        enter(StreamState.PREPARED);
    }

    private void openAudio(StreamParams set) {
        open(set, hostParams(set));
        gain.open(set.format(), set.rateHz(), set.channels());
        lastMessageHold.open(set);
    }

    private PcmParams hostParams(StreamParams set) {
        long targetFrames = Math.max(1, config.rules().targetNanos() * set.rateHz() / 1_000_000_000L);
        long burstFrames = Math.max(set.bufferBytes() / set.frameBytes(), set.rateHz() / 2);
        return new PcmParams(
                set.format(),
                set.rateHz(),
                set.channels(),
                config.positions(info, set.channels()),
                targetFrames,
                burstFrames,
                budget);
    }

    /** PCM_START. */
    final void start() throws RequestException {
        checkTransition(PcmCommand.START);
        if (isRepeated(PcmCommand.START)) {
            return;
        }
        enter(StreamState.STARTED);
        run();
        proceed();
    }

    /**
     * PCM_STOP: with messages pending a pause, without the end of the stream (SND-53). {@link StopRule} says whether
     * they stay pending.
     */
    final void stop() throws RequestException {
        checkTransition(PcmCommand.STOP);
        if (isRepeated(PcmCommand.STOP)) {
            return;
        }
        proceed(); // what is due by now is done
        lastMessageHold.release();
        timer.cancel();
        enter(StreamState.STOPPED);
        if (config.rules().stop().givesBack(info.isOutput())) {
            end();
            lastMessageHold.nothingInFlight();
        } else {
            halt();
        }
    }

    /** PCM_RELEASE: every pending message goes back before this returns (SND-54, SND-55). */
    final void release() throws RequestException {
        checkTransition(PcmCommand.RELEASE);
        if (state == StreamState.RELEASED) {
            faults.seen(DriverFault.RELEASED_TWICE);
            return;
        }
        timer.cancel();
        giveBackPending();
        closeHostAudio();
        enter(StreamState.RELEASED);
    }

    private void releaseFirst(PcmCommand command) throws RequestException {
        if (state.isReleasedBy(command)) {
            faults.seen(DriverFault.NOT_RELEASED, command);
            release();
        }
    }

    private void giveBackPending() {
        lastMessageHold.release();
        returnPending();
        lastMessageHold.nothingInFlight();
        cutter.begin();
    }

    /**
     * A message has come; its data begins after the header. Answered with an error outside PREPARE..RELEASE (SND-80), if
     * need be a while later.
     */
    final void add(PcmMessage message, long dataBytes) {
        if (!state.takesMessages()) {
            message.dataBytes = dataBytes;
            refused.add(message);
            return;
        }
        if (dataBytes > StreamParams.BUFFER_BYTES_MAX) {
            completer.complete(message, VirtioSnd.VIRTIO_SND_S_IO_ERR, 0, 0);
            return;
        }
        cutter.cut(message, dataBytes, params().frameBytes());
        lastMessageHold.arrived(dataBytes);
        waiting.add(message);
        added++;
        added(message);
    }

    /** Everything that the driver had made available has been taken: decides what follows from it. */
    final void taken() {
        int count = added;
        added = 0;
        if (count > 0 && state == StreamState.STARTED) {
            arrived(count);
            proceed();
        }
    }

    /** Device reset or queue reset: the messages are no longer ours, nothing is completed. */
    void forgetMessages() {
        added = 0;
        cutter.begin();
        refused.forget();
        lastMessageHold.forget(pool);
        while (!waiting.isEmpty()) {
            pool.give(waiting.remove());
        }
    }

    /** Device reset: as new. */
    final void reset() {
        timer.cancel();
        forgetMessages();
        closeHostAudio();
        refused.forgive();
        params = null;
        enter(StreamState.INITIAL);
    }

    /** The driver sends no more for a while: a message that is done and kept goes back. */
    final void keepNothing() {
        if (lastMessageHold.holds()) {
            lastMessageHold.release();
            proceed();
        }
    }

    /** Whether a message goes back without the driver doing anything more. */
    final boolean isProcessing() {
        return refused.waits() || lastMessageHold.holds() || (state == StreamState.STARTED && hasPending());
    }

    /** Whether messages are neither done nor refused. */
    boolean hasPending() {
        return !waiting.isEmpty();
    }

    /** Writes the section {@code STRM}. */
    final void save(SnapshotWriter out) {
        out.section(SECTION).choice(state);
        StreamParams set = params;
        if (set != null) {
            set.save(out);
        }
        statistics.save(out);
        refused.save(out);
        if (state.takesMessages()) {
            PcmMessage.saveAll(waiting, out);
            cutter.save(out, params().frameBytes());
            lastMessageHold.save(out);
            SavedRamp.save(gain, params().channels(), out);
            savePlace(out);
        }
    }

    /**
     * Reads that section, and changes nothing.
     *
     * @return restores the stream, except timers, which {@link ScheduledTasks} has; {@link #ensureTimers} comes next
     */
    final Runnable load(SnapshotReader in, RestoredChains chains) throws SnapshotException {
        in.section(SECTION);
        StreamState saved = in.choice("the state", STATES);
        StreamParams set = saved == StreamState.INITIAL
                ? null
                : StreamParams.load(in, info, config.rules().strict());
        Runnable counters = statistics.load(in);
        Runnable toRefuse = refused.load(in, chains);
        Runnable inside = set == null || !saved.takesMessages()
                ? () -> {}
                : loadOpen(new SavedStream(
                        in, chains, info, saved, set, cutter, config.rules().headerBytes()));
        return () -> {
            reset();
            params = set;
            counters.run();
            toRefuse.run();
            enter(saved);
            inside.run();
        };
    }

    private Runnable loadOpen(SavedStream from) throws SnapshotException {
        List<PcmMessage> pending = from.messages();
        Runnable cut = cutter.load(from.in(), pending, from.params().frameBytes());
        Runnable kept = lastMessageHold.load(from);
        Runnable ramp = SavedRamp.load(from.in(), gain, from.params().channels());
        Runnable place = loadPlace(from, pending);
        return () -> {
            waiting.addAll(pending);
            openAudio(from.params());
            ramp.run();
            cut.run();
            kept.run();
            place.run();
        };
    }

    /** Writes the state and the parameters. */
    final void saveSettings(SnapshotWriter out) {
        out.choice(state);
        StreamParams set = params;
        if (set != null) {
            set.save(out);
        }
    }

    /**
     * Reads these, and changes nothing.
     *
     * @return brings the stream into its state, with new host audio and no message: one that was started plays or records
     *     as soon as messages come
     */
    final Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        StreamState saved = in.choice("the state", STATES);
        StreamParams set = saved == StreamState.INITIAL
                ? null
                : StreamParams.load(in, info, config.rules().strict());
        return () -> {
            reset();
            params = set;
            if (set != null) {
                statistics.setRateHz(set.rateHz());
            }
            if (set != null && saved.takesMessages()) {
                openAudio(set);
            }
            enter(saved);
            if (saved == StreamState.STARTED) {
                run();
                proceed();
            }
            replaced = true;
        };
    }

    /** After a restore: makes sure that nothing pending waits without end, whatever the snapshot says of timers. */
    final void ensureTimers() {
        lastMessageHold.ensureTimer();
        refused.ensureTimer();
        poll.ensureTimer();
        long latestNanos = latestNanos();
        if (latestNanos != Long.MAX_VALUE) {
            timer.armNoLaterThan(latestNanos);
        }
    }

    final StreamState state() {
        return state;
    }

    final StreamParams params() {
        StreamParams set = params;
        if (set == null) {
            throw new IllegalStateException("no parameters in state " + state);
        }
        return set;
    }

    /** Bytes of sound a second. */
    final long bytesPerSecond(long withoutParams) {
        StreamParams set = params;
        return set == null ? withoutParams : (long) set.frameBytes() * set.rateHz();
    }

    /** What a message says of these frames' latency, with what is kept behind it; limited to the 32-bit field. */
    final long latencyBytes(PcmMessage message, long frames) {
        int frameBytes = params().frameBytes();
        long most = 0xffff_ffffL / frameBytes - 1;
        return Math.max(0, Math.min(frames, most)) * frameBytes + cutter.keptBytes(message, frameBytes);
    }

    /** A message has come, and waits. */
    abstract void added(PcmMessage message);

    /** Memory that the host's audio may need with these parameters. */
    abstract long soundBytes(PcmParams wanted);

    /** Whether the host's audio, opened with these parameters, would take over what is left, and so has its memory. */
    abstract boolean takesUp(PcmParams wanted);

    /** The parameters with which the host's audio is open; null if it is not. */
    abstract @Nullable PcmParams openParams();

    /** Makes sure that the host's audio is open with these parameters. */
    abstract void open(StreamParams set, PcmParams wanted);

    /** START: the clock runs from now. */
    abstract void run();

    /** STOP: the clock stands still, or the stream ends. */
    abstract void halt();

    /** STOP: the stream ends, and every pending message goes back. */
    abstract void end();

    /** This many messages were added to {@link #waiting} while the stream runs. */
    abstract void arrived(int count);

    /** Does everything that is due and arms the timer for the next event. */
    abstract void proceed();

    /** Completes every pending message. */
    abstract void returnPending();

    /** Closes the host's audio, if it is open. */
    abstract void closeHostAudio();

    /** Writes where the stream is, between PREPARE and RELEASE. */
    abstract void savePlace(SnapshotWriter out);

    /**
     * Reads what {@link #savePlace} wrote, and changes nothing.
     *
     * @param pending the messages that will be {@link #waiting}
     * @return puts the stream in its place, with new host audio and the saved state
     */
    abstract Runnable loadPlace(SavedStream from, List<PcmMessage> pending) throws SnapshotException;

    /** The latest time for {@link #timer}; {@link Long#MAX_VALUE} for none. */
    abstract long latestNanos();

    /** Refuses commands that the state does not allow. */
    final void checkTransition(PcmCommand command) throws RequestException {
        if (!state.allows(command, config.rules().strict()) && !isRepeated(command)) {
            faults.seen(DriverFault.OUT_OF_STATE, command, state);
            throw RequestException.badMessage(command + " in state " + state);
        }
    }

    /**
     * Whether a command was carried out by the device that this one replaces, which was lost before it could answer. Only the
     * first command can be.
     */
    private boolean isRepeated(PcmCommand command) {
        return replaced
                && ((command == PcmCommand.START && state == StreamState.STARTED)
                        || (command == PcmCommand.STOP && state == StreamState.STOPPED));
    }

    private void enter(StreamState next) {
        replaced = false;
        state = next;
        statistics.setState(next);
        if (next != StreamState.STARTED && next != StreamState.STOPPED) {
            xrun.withdraw(); // the driver begins anew
        }
        poll.choose();
    }
}
