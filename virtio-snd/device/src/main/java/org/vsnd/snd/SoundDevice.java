// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_ID_SOUND;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_D_INPUT;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_D_OUTPUT;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_IO_ERR;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_CONTROL;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_EVENT;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_MAX;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_RX;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_TX;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.NullBackend;
import org.vsnd.snapshot.Section;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Wakeup;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;
import org.vsnd.virtio.Virtqueue;
import org.vsnd.virtio.VirtqueueException;

/**
 * The virtio sound device, VIRTIO 1.4 section 5.14: its queues, its configuration, and the one place where a guest's
 * fault in a ring becomes a reset.
 *
 * <p>Device thread only, except construction, {@link #statistics()} and {@link #budgetUse()}.
 */
public final class SoundDevice implements VirtioDevice {
    /** struct virtio_snd_config, 5.14.4, without the controls that are there with VIRTIO_SND_F_CTLS only: le32 each. */
    private static final Section SECTION = new Section("SOUN", "sound");
    private static final int CONFIG_JACKS = 0;

    private static final int CONFIG_STREAMS = 4;
    private static final int CONFIG_CHMAPS = 8;
    private static final int CONFIG_CONTROLS = 12;
    private static final int CONFIG_LENGTH = 16;

    /** QEMU's and Haiku's size for the queues that see little; the Linux driver loses messages when tx or rx is full. */
    private static final int CONTROL_QUEUE_SIZE = 64;

    private static final int IO_QUEUE_SIZE = 256;

    /**
     * Descriptors looked at before others have their turn. The device may hold no more of a queue, so only a guest that gets its
     * messages back at once ever meets this.
     */
    private static final long DESCRIPTORS_PER_TURN = Limit.QUEUE_SEGMENTS.standard();

    /** Bytes copied between guest memory and host audio at a time. */
    private static final int SCRATCH_BYTES = 64 << 10;

    /**
     * While a hypervisor remaps memory a ring may be gone for a moment: it may be for so many times this long, however often the
     * guest notifies meanwhile.
     */
    private static final int RETRIES = 20;

    private static final long RETRY_NANOS = 5_000_000;

    private final ByteBuffer configSpace = ByteBuffer.allocate(CONFIG_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final SoundConfig config;
    private final CardBudget budget;
    private final AudioBudget audioBudget;
    private final ScheduledTasks tasks;
    private final MessagePool pool = new MessagePool(2 * IO_QUEUE_SIZE);
    private final List<PcmStream> streams = new ArrayList<>();
    private final ControlQueue control;
    private final LateAnswers lateAnswers;
    private final ByteBuffer xfer = ByteBuffer.allocateDirect(PcmXfer.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer status =
            ByteBuffer.allocateDirect(PcmStatus.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final ScheduledTasks.ScheduledTimer retryTimer;
    private final Wakeup[] more = new Wakeup[VIRTIO_SND_VQ_MAX];
    private final Wakeup streamsAfterFault;

    private @Nullable VirtioTransport transport;
    private boolean running;
    /** For each queue, how often it was waited for; 0: its memory is there. */
    private final int[] retries = new int[VIRTIO_SND_VQ_MAX];

    private boolean retryArmed;
    /** From tx and rx, in all lives. */
    private long messagesTaken;

    /**
     * @param backend plays and records; stays the caller's to close
     */
    public SoundDevice(SoundConfig config, DeviceThread thread, AudioBackend backend) {
        this(config, thread, backend, CardBudget.STANDARD);
    }

    /**
     * @param backend plays and records; stays the caller's to close
     */
    public SoundDevice(SoundConfig config, DeviceThread thread, AudioBackend backend, CardBudget budget) {
        this.config = config;
        this.budget = budget;
        audioBudget = new AudioBudget(
                budget.most(Limit.AUDIO_BYTES),
                budget.count(Limit.HOST_STREAMS),
                budget.count(Limit.HOST_OPENERS),
                budget.count(Limit.LOG_LINES_PER_SECOND));
        tasks = new ScheduledTasks(thread);
        retryTimer = tasks.timer(this::retry);
        for (int i = 0; i < more.length; i++) {
            int queue = i;
            more[i] = tasks.wakeup(() -> serve(queue));
        }
        streamsAfterFault = tasks.wakeup(this::resetStreamsAfterFault);
        ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        StreamEnvironment playback = new StreamEnvironment(
                config,
                tasks,
                backend,
                audioBudget,
                this::completeTx,
                new QueueReaction(VIRTIO_SND_VQ_TX),
                pool,
                scratch);
        AudioBackend recorder = config.capture() ? backend : new NullBackend();
        StreamEnvironment capture = new StreamEnvironment(
                config,
                tasks,
                recorder,
                audioBudget,
                this::completeRx,
                new QueueReaction(VIRTIO_SND_VQ_RX),
                pool,
                scratch);
        PlaybackClocks clocks = new OwnClocks();
        int outputs = 0;
        int inputs = 0;
        for (StreamInfo info : config.streams()) {
            streams.add(
                    info.isOutput()
                            ? new PlaybackStream("output " + outputs++, info, playback, this::playbackBegan)
                            : new CaptureStream("input " + inputs++, info, capture, clocks));
        }
        control = new ControlQueue(config, streams, this::takeAllMessages);
        lateAnswers = new LateAnswers(tasks, CONTROL_QUEUE_SIZE, new AnswerTransport());
        configSpace.putInt(CONFIG_JACKS, 0);
        configSpace.putInt(CONFIG_STREAMS, streams.size());
        configSpace.putInt(CONFIG_CHMAPS, config.channelMaps().size());
        configSpace.putInt(CONFIG_CONTROLS, 0);
    }

    /** What each stream has done, in the order of their ids. Any thread. */
    public List<StreamStatistics> statistics() {
        return streams.stream().map(stream -> stream.statistics).toList();
    }

    /** What the guest makes the device take just now of what it may take. Any thread. */
    public List<CardBudget.Use> budgetUse() {
        VirtioTransport attached = transport;
        int segments = 0;
        for (int queue = 0; attached != null && queue < VIRTIO_SND_VQ_MAX; queue++) {
            segments = Math.max(segments, attached.queue(queue).segmentsHeld());
        }
        return List.of(
                use(Limit.AUDIO_BYTES, audioBudget.promisedBytes()),
                use(Limit.HOST_STREAMS, audioBudget.streams()),
                use(Limit.HOST_OPENERS, audioBudget.openers()),
                use(Limit.QUEUE_SEGMENTS, segments));
    }

    private CardBudget.Use use(Limit limit, long used) {
        return new CardBudget.Use(limit, used, budget.most(limit));
    }

    @Override
    public int deviceId() {
        return VIRTIO_ID_SOUND;
    }

    @Override
    public long deviceFeatures() {
        return 0;
    }

    @Override
    public int queueCount() {
        return VIRTIO_SND_VQ_MAX;
    }

    @Override
    public int queueSizeMax(int queue) {
        return queue == VIRTIO_SND_VQ_TX || queue == VIRTIO_SND_VQ_RX ? IO_QUEUE_SIZE : CONTROL_QUEUE_SIZE;
    }

    @Override
    public int configLength() {
        return CONFIG_LENGTH;
    }

    @Override
    public int readConfig(int offset) {
        return configSpace.get(offset) & 0xff;
    }

    @Override
    public void attach(VirtioTransport to) {
        transport = to;
    }

    @Override
    public void driverOk(long features) {
        running = true;
        serveAll();
    }

    @Override
    public void queueNotified(int queue) {
        serve(queue);
    }

    @Override
    public void queueReset(int queue) {
        if (queue == VIRTIO_SND_VQ_CONTROL) {
            lateAnswers.forget();
        }
        if (queue == VIRTIO_SND_VQ_TX || queue == VIRTIO_SND_VQ_RX) {
            int direction = queue == VIRTIO_SND_VQ_TX ? VIRTIO_SND_D_OUTPUT : VIRTIO_SND_D_INPUT;
            for (int i = 0; i < streams.size(); i++) {
                if (streams.get(i).info.direction() == direction) {
                    streams.get(i).forgetMessages();
                }
            }
        }
    }

    @Override
    public void reset() {
        running = false;
        Arrays.fill(retries, 0);
        retryArmed = false;
        retryTimer.cancel();
        lateAnswers.forget();
        resetStreams();
    }

    @Override
    public void save(SnapshotWriter out) {
        if (!running) {
            lateAnswers.forget();
            resetStreams(); // after a guest's fault it is about to happen anyway
        }
        out.section(SECTION);
        CardDescription.save(config, out);
        for (int count : retries) {
            out.u8(count);
        }
        lateAnswers.save(out);
        for (PcmStream stream : streams) {
            stream.save(out);
        }
        tasks.save(out);
    }

    @Override
    public Runnable load(SnapshotReader in, RestoredChains chains, boolean runs) throws SnapshotException {
        in.section(SECTION);
        CardDescription.check(config, in);
        int[] counts = new int[retries.length];
        for (int queue = 0; queue < counts.length; queue++) {
            counts[queue] = in.u8("retries", RETRIES + 1);
        }
        Runnable late = lateAnswers.load(in, chains, VIRTIO_SND_VQ_CONTROL);
        List<Runnable> outputs = new ArrayList<>();
        List<Runnable> inputs = new ArrayList<>();
        for (PcmStream stream : streams) {
            (stream.info.isOutput() ? outputs : inputs).add(stream.load(in, chains));
        }
        Runnable schedule = tasks.load(in);
        return () -> {
            running = runs;
            System.arraycopy(counts, 0, retries, 0, retries.length);
            retryArmed = runs && Arrays.stream(counts).anyMatch(count -> count > 0);
            outputs.forEach(Runnable::run);
            inputs.forEach(Runnable::run); // they may follow an output's clock
            schedule.run();
            if (retryArmed) { // whatever the snapshot says of timers
                retryTimer.armNoLaterThan(tasks.nanoTime() + RETRY_NANOS);
            }
            late.run();
            streams.forEach(PcmStream::ensureTimers);
            if (!running) {
                lateAnswers.forget();
                resetStreams();
            }
        };
    }

    @Override
    public void close() {
        reset();
    }

    private void playbackBegan() {
        for (int i = 0; i < streams.size(); i++) {
            if (streams.get(i) instanceof CaptureStream capture) {
                capture.playbackBegan();
            }
        }
    }

    private void resetStreams() {
        for (int i = 0; i < streams.size(); i++) {
            streams.get(i).reset();
        }
    }

    private void retry() {
        retryArmed = false;
        for (int queue = 0; queue < VIRTIO_SND_VQ_MAX; queue++) {
            if (retries[queue] > 0) {
                retries[queue]++;
                serve(queue);
            }
        }
    }

    private void serveAll() {
        for (int queue = 0; queue < VIRTIO_SND_VQ_MAX; queue++) {
            serve(queue);
        }
    }

    private void takeAllMessages() {
        serve(VIRTIO_SND_VQ_TX);
        serve(VIRTIO_SND_VQ_RX);
    }

    /**
     * Takes what is available in a queue, and no more than a ring full of it and {@link #DESCRIPTORS_PER_TURN}: a guest must not
     * keep the thread. What is left comes in another round of the device thread.
     */
    private void serve(int index) {
        if (!running || index == VIRTIO_SND_VQ_EVENT) { // event buffers stay in the ring until there are events
            return;
        }
        Virtqueue queue = transport().queue(index);
        try {
            if (index == VIRTIO_SND_VQ_CONTROL) {
                answerRequests(queue);
            } else {
                takeMessages(queue, index == VIRTIO_SND_VQ_TX);
            }
            retries[index] = 0;
            if (running) {
                taken(index);
            }
        } catch (VirtqueueException e) {
            guestFault(String.valueOf(e.getMessage()));
        } catch (GuestMemoryException e) {
            taken(index);
            memoryGone(index, e);
        }
    }

    private void taken(int queue) {
        if (queue != VIRTIO_SND_VQ_CONTROL) {
            for (int i = 0; i < streams.size(); i++) {
                streams.get(i).taken();
            }
        }
    }

    /**
     * Looks for the next request before the last one is answered, and not afterwards: a driver that has its answer to
     * RELEASE may free the ring and reset the device only then, as Haiku's does.
     *
     * <p>All requests of a turn share what one may take from tx and rx.
     */
    private void answerRequests(Virtqueue queue) throws VirtqueueException, GuestMemoryException {
        int budget = queue.size();
        long messages = messagesTaken;
        long descriptors = descriptorsVisited();
        DescriptorChain request = queue.poll();
        while (request != null && running) {
            long usedBytes = control.answer(request);
            boolean atOnce = control.hasStarted();
            DescriptorChain next = null;
            try {
                if (--budget > 0
                        && messagesTaken - messages < IO_QUEUE_SIZE
                        && descriptorsVisited() - descriptors < DESCRIPTORS_PER_TURN) {
                    next = queue.poll();
                } else {
                    more[VIRTIO_SND_VQ_CONTROL].signal();
                }
            } finally {
                giveAnswer(request, usedBytes, atOnce);
            }
            request = next;
        }
    }

    private long descriptorsVisited() {
        return transport().queue(VIRTIO_SND_VQ_CONTROL).descriptorsVisited()
                + transport().queue(VIRTIO_SND_VQ_TX).descriptorsVisited()
                + transport().queue(VIRTIO_SND_VQ_RX).descriptorsVisited();
    }

    private void giveAnswer(DescriptorChain request, long usedBytes, boolean atOnce) {
        if (atOnce || transport().interruptLeadNanos() == VirtioTransport.INTERRUPT_AFTER) {
            use(VIRTIO_SND_VQ_CONTROL, request, usedBytes);
        } else if (running) {
            lateAnswers.add(request, usedBytes);
        }
    }

    private void takeMessages(Virtqueue queue, boolean output) throws VirtqueueException, GuestMemoryException {
        int budget = queue.size();
        long descriptors = queue.descriptorsVisited();
        for (DescriptorChain chain = queue.poll(); chain != null; chain = queue.poll()) {
            takeMessage(chain, output);
            messagesTaken++;
            if (!running) {
                return;
            }
            if (--budget == 0 || queue.descriptorsVisited() - descriptors >= DESCRIPTORS_PER_TURN) {
                more[queue.index()].signal();
                return;
            }
        }
    }

    private void takeMessage(DescriptorChain chain, boolean output) {
        PcmMessage message = pool.take(chain, tasks.nanoTime());
        long dataBytes = PcmMessage.dataBytes(chain, output);
        PcmStream stream = dataBytes < 0 || chain.inExcess() ? null : streamOf(chain, output);
        if (stream == null) {
            complete(output ? VIRTIO_SND_VQ_TX : VIRTIO_SND_VQ_RX, message, VIRTIO_SND_S_IO_ERR, 0, 0);
        } else {
            stream.add(message, dataBytes);
        }
    }

    /** The stream a message names, or null if there is none of this direction. */
    private @Nullable PcmStream streamOf(DescriptorChain chain, boolean output) {
        try {
            xfer.clear();
            chain.read(0, xfer);
        } catch (GuestMemoryException e) {
            return null;
        }
        long id = Integer.toUnsignedLong(xfer.getInt(PcmXfer.STREAM_ID));
        if (id >= streams.size()) {
            return null;
        }
        PcmStream stream = streams.get((int) id);
        return stream.info.isOutput() == output ? stream : null;
    }

    private void completeTx(PcmMessage message, int code, long latencyBytes, long dataBytes) {
        complete(VIRTIO_SND_VQ_TX, message, code, latencyBytes, dataBytes);
    }

    private void completeRx(PcmMessage message, int code, long latencyBytes, long dataBytes) {
        complete(VIRTIO_SND_VQ_RX, message, code, latencyBytes, dataBytes);
    }

    private void complete(int queue, PcmMessage message, int code, long latencyBytes, long dataBytes) {
        DescriptorChain chain = message.chain();
        pool.give(message);
        if (!running) {
            return; // a fault of the guest has ended the device in the middle of something
        }
        long usedBytes = 0;
        try {
            if (chain.writableBytes() >= PcmStatus.LENGTH) {
                status.clear();
                status.putInt(PcmStatus.STATUS, code).putInt(PcmStatus.LATENCY_BYTES, (int) latencyBytes);
                chain.write(chain.writableBytes() - PcmStatus.LENGTH, status);
                usedBytes = dataBytes + PcmStatus.LENGTH;
            }
        } catch (GuestMemoryException e) {
            usedBytes = 0; // the guest gave no memory for its status: it gets its buffer back all the same
        }
        use(queue, chain, usedBytes);
    }

    private void use(int queue, DescriptorChain chain, long usedBytes) {
        try {
            transport().queue(queue).complete(chain, usedBytes);
        } catch (GuestMemoryException e) {
            guestFault("used ring of queue " + queue + ": " + e.getMessage());
        }
    }

    private void memoryGone(int queue, GuestMemoryException e) {
        if (retries[queue] > RETRIES) {
            guestFault("queue " + queue + ": " + e.getMessage());
            return;
        }
        retries[queue] = Math.max(1, retries[queue]);
        if (!retryArmed) { // not later for every notification
            retryArmed = true;
            retryTimer.arm(tasks.nanoTime() + RETRY_NANOS);
        }
    }

    /** The one place where a guest's fault ends the device. Streams are in the middle of something: they end a moment later. */
    private void guestFault(String reason) {
        running = false;
        retryTimer.cancel();
        lateAnswers.forget();
        transport().needsReset(reason);
        streamsAfterFault.signal();
    }

    private void resetStreamsAfterFault() {
        if (!running) { // or the driver was faster, and has reset the device and started anew
            resetStreams();
        }
    }

    private VirtioTransport transport() {
        VirtioTransport attached = transport;
        if (attached == null) {
            throw new IllegalStateException("not attached to a transport");
        }
        return attached;
    }

    private final class QueueReaction implements DriverReaction {
        private final int queue;

        QueueReaction(int queue) {
            this.queue = queue;
        }

        @Override
        public long mark() {
            return transport().queue(queue).wantedInterrupts();
        }

        @Override
        public boolean to(long mark) {
            Virtqueue of = transport().queue(queue);
            try {
                return of.wantedInterrupts() > mark || of.driverReacted();
            } catch (GuestMemoryException e) {
                return true; // completing will tell what is wrong
            }
        }
    }

    private final class AnswerTransport implements LateAnswers.Queue {
        @Override
        public long leadNanos() {
            return transport().interruptLeadNanos();
        }

        @Override
        public boolean interruptUnderway() {
            return transport().interruptUnderway(VIRTIO_SND_VQ_CONTROL);
        }

        @Override
        public void announce(DescriptorChain answer) {
            transport().queue(VIRTIO_SND_VQ_CONTROL).announce(answer);
        }

        @Override
        public void use(DescriptorChain answer, long usedBytes) {
            try {
                transport().queue(VIRTIO_SND_VQ_CONTROL).completeAnnounced(answer, usedBytes);
            } catch (GuestMemoryException e) {
                guestFault("used ring of the control queue: " + e.getMessage());
            }
        }
    }

    private final class OwnClocks implements PlaybackClocks {
        @Override
        public @Nullable StreamClock leading(int rateHz) {
            for (int i = 0; i < streams.size(); i++) {
                if (streams.get(i) instanceof PlaybackStream playback) {
                    StreamClock clock = playback.leadingClock(rateHz);
                    if (clock != null) {
                        return clock;
                    }
                }
            }
            return null;
        }

        @Override
        public int streamOf(StreamClock clock) {
            for (int i = 0; i < streams.size(); i++) {
                if (of(i) == clock) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        public @Nullable StreamClock of(int stream) {
            return stream < streams.size() && streams.get(stream) instanceof PlaybackStream playback
                    ? playback.clock()
                    : null;
        }
    }
}
