// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.vsnd.snd.VirtioSnd.VIRTIO_ID_SOUND;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_CONTROL;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_EVENT;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_MAX;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_RX;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_VQ_TX;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;
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
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Wakeup;
import org.vsnd.virtio.RestoredChains;
import org.vsnd.virtio.VirtioDevice;
import org.vsnd.virtio.VirtioTransport;

/**
 * The virtio sound device, VIRTIO 1.4 section 5.14: its configuration, and how its parts are put together. {@link QueueService}
 * serves its queues, {@link DeviceStreams} are its streams.
 *
 * <p>Device thread only, except construction, {@link #statistics()} and {@link #budgetUse()}.
 */
public final class SoundDevice implements VirtioDevice {
    private static final Section SECTION = new Section("SOUN", "sound");
    private static final Section SETTINGS = new Section("SETS", "settings");

    /** struct virtio_snd_config, 5.14.4, without the controls that are there with VIRTIO_SND_F_CTLS only: le32 each. */
    private static final int CONFIG_JACKS = 0;

    private static final int CONFIG_STREAMS = 4;
    private static final int CONFIG_CHMAPS = 8;
    private static final int CONFIG_CONTROLS = 12;
    private static final int CONFIG_LENGTH = 16;

    /** Bytes copied between guest memory and host audio at once. */
    private static final int SCRATCH_BYTES = 64 << 10;

    private final ByteBuffer configSpace = ByteBuffer.allocate(CONFIG_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    private final SoundConfig config;
    private final CardBudget budget;
    private final AudioBudget audioBudget;
    private final ScheduledTasks tasks;
    private final DriverFaults faults;
    private final DriverHabits habits;
    /** By index; all are there when the device is built. */
    private final @Nullable ServedQueue[] queues = new ServedQueue[VIRTIO_SND_VQ_MAX];

    private final QueueService service;
    private final Wakeup streamsAfterFault;
    private final Wakeup gaveBack;
    private final DeviceStreams streams = new DeviceStreams();
    private final ControlQueue control;
    private final ControlElements elements;
    private final EventQueue events;
    private final ShownMaps maps;
    private final DeviceJacks jacks;

    /**
     * @param backend plays and records; the caller closes it
     */
    public SoundDevice(SoundConfig config, DeviceThread thread, AudioBackend backend) {
        this(config, thread, backend, CardBudget.STANDARD);
    }

    /**
     * @param backend plays and records; the caller closes it
     */
    public SoundDevice(SoundConfig config, DeviceThread thread, AudioBackend backend, CardBudget budget) {
        this(config, thread, backend, budget, traits -> {});
    }

    /**
     * @param backend plays and records; the caller closes it
     * @param drivers told of each driver once, when it plays or gives up; on the device thread, quick, and never throwing
     */
    public SoundDevice(
            SoundConfig config,
            DeviceThread thread,
            AudioBackend backend,
            CardBudget budget,
            Consumer<DriverTraits> drivers) {
        this.config = config;
        this.budget = budget;
        audioBudget = new AudioBudget(
                budget.most(Limit.AUDIO_BYTES),
                budget.count(Limit.HOST_STREAMS),
                budget.count(Limit.HOST_OPENERS),
                budget.count(Limit.LOG_LINES_PER_SECOND));
        tasks = new ScheduledTasks(thread);
        faults = new DriverFaults(tasks);
        habits = new DriverHabits(drivers);
        maps = new ShownMaps(config.channelMaps());
        service = new QueueService(tasks, queues, this::faulted);
        events = new EventQueue(service, habits);
        streamsAfterFault = tasks.wakeup(this::resetStreamsAfterFault);
        gaveBack = tasks.wakeup(this::suspendIfIdle);
        Wakeup hostChanges = tasks.wakeup(this::takeHostSettings);
        MessagePool pool = new MessagePool(2 * MessageQueue.SIZE);
        MessageQueue tx = new MessageQueue(VIRTIO_SND_VQ_TX, config, service, tasks, pool, streams, faults, habits);
        MessageQueue rx = new MessageQueue(VIRTIO_SND_VQ_RX, config, service, tasks, pool, streams, faults, habits);
        ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        StreamEnvironment playback = new StreamEnvironment(
                config,
                tasks,
                backend,
                audioBudget,
                faults,
                tx,
                tx.poll(),
                events,
                streams,
                pool,
                scratch,
                hostChanges::signal);
        AudioBackend recorder = config.rules().capture() ? backend : new NullBackend();
        StreamEnvironment capture = new StreamEnvironment(
                config,
                tasks,
                recorder,
                audioBudget,
                faults,
                rx,
                rx.poll(),
                events,
                streams,
                pool,
                scratch,
                hostChanges::signal);
        int outputs = 0;
        int inputs = 0;
        for (StreamInfo info : config.streams()) {
            streams.add(
                    info.isOutput()
                            ? new PlaybackStream("output " + outputs++, info, playback)
                            : new CaptureStream("input " + inputs++, info, capture));
        }
        elements = new ControlElements(config, streams, events);
        jacks = new DeviceJacks(config.jacks(), events, service, tasks, backend);
        ControlRequests requests = new ControlRequests(config, maps, faults, habits, streams, jacks, elements, tx, rx);
        control = new ControlQueue(service, tasks, requests, tx, rx, events);
        queues[VIRTIO_SND_VQ_CONTROL] = control;
        queues[VIRTIO_SND_VQ_EVENT] = events;
        queues[VIRTIO_SND_VQ_TX] = tx;
        queues[VIRTIO_SND_VQ_RX] = rx;
        configSpace.putInt(CONFIG_JACKS, jacks.count());
        configSpace.putInt(CONFIG_STREAMS, streams.count());
        configSpace.putInt(CONFIG_CONTROLS, elements.count());
        showMaps();
    }

    private void showMaps() {
        configSpace.putInt(CONFIG_CHMAPS, maps.list().size());
    }

    /** The statistics of each stream, in the order of their ids. Any thread. */
    public List<StreamStatistics> statistics() {
        return streams.statistics();
    }

    /** Whether something is plugged in, for each jack of {@link SoundConfig#jacks()}. Any thread. */
    public List<Boolean> arePlugged() {
        return jacks.arePlugged();
    }

    /**
     * Plugs something into a jack, or out: the guest is told, and decides what to do about it. The sound stays as it is. Device
     * thread.
     *
     * @param jack its place in {@link SoundConfig#jacks()}
     * @throws IndexOutOfBoundsException if there is no such jack
     */
    public void plug(int jack, boolean connected) {
        jacks.plug(jack, connected);
    }

    /** What the device takes now for its guest, and how much it may take. Any thread. */
    public List<CardBudget.Use> budgetUse() {
        return List.of(
                use(Limit.AUDIO_BYTES, audioBudget.promisedBytes()),
                use(Limit.HOST_STREAMS, audioBudget.streams()),
                use(Limit.HOST_OPENERS, audioBudget.openers()),
                use(Limit.QUEUE_SEGMENTS, service.segmentsHeld()));
    }

    /** How loud a stream is set, 0..(number of streams - 1). */
    public StreamLevel level(int stream) {
        return elements.ofStream(stream).level();
    }

    /**
     * The operator sets the volume of all channels of a stream; the guest is told if it knows of the volume.
     *
     * @param decibels -60..0, rounded to half decibels; lower is silence
     */
    public void setVolume(int stream, double decibels) {
        elements.ofStream(stream).setDecibels(decibels);
        settingsChanged();
    }

    /** The operator mutes all channels of a stream, or none; the guest is told if it knows of the switch. */
    public void setMuted(int stream, boolean muted) {
        elements.ofStream(stream).setMuted(muted);
        settingsChanged();
    }

    /** What a stream may be recorded from, by the words that the guest is shown; none if there is nothing to choose. */
    public List<String> sources(int stream) {
        return elements.ofStream(stream).sources();
    }

    /** The place in {@link #sources} of what a stream is recorded from. */
    public int source(int stream) {
        return elements.ofStream(stream).sourceNumber();
    }

    /**
     * The operator chooses what a stream is recorded from; the guest is told if it knows of the choice.
     *
     * @param source a place in {@link #sources}
     */
    public void setSource(int stream, int source) {
        elements.ofStream(stream).setSource(source);
        settingsChanged();
    }

    private void takeHostSettings() {
        elements.takeHostSettings(streams);
        settingsChanged();
    }

    private void settingsChanged() {
        if (service.running()) {
            service.transport().settingsChanged();
        }
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
        return elements.count() == 0 ? 0 : VirtioSnd.VIRTIO_SND_F_CTLS;
    }

    @Override
    public int queueCount() {
        return VIRTIO_SND_VQ_MAX;
    }

    @Override
    public int queueSizeMax(int queue) {
        return queue == VIRTIO_SND_VQ_TX || queue == VIRTIO_SND_VQ_RX ? MessageQueue.SIZE : ControlQueue.SIZE;
    }

    @Override
    public int earlyQueue() {
        return config.rules().strict() ? NO_QUEUE : VIRTIO_SND_VQ_CONTROL;
    }

    @Override
    public int configLength() {
        return CONFIG_LENGTH;
    }

    @Override
    public int readConfig(int offset) {
        if (offset == CONFIG_CHMAPS) {
            maps.asked();
        }
        return configSpace.get(offset) & 0xff;
    }

    @Override
    public void attach(VirtioTransport to) {
        service.attach(to);
        habits.attach(to);
    }

    @Override
    public void driverEarly() {
        habits.early();
        service.begin();
    }

    @Override
    public void driverOk(long features) {
        habits.driverOk(features);
        maps.driverOk(features);
        showMaps();
        elements.driverOk(features);
        service.start();
        jacks.driverOk();
    }

    /** A stream that runs has its messages played or filled first; one that does not keeps them. */
    @Override
    public void suspend() {
        service.suspend(gaveBack);
        streams.keepNothing();
        suspendIfIdle();
    }

    @Override
    public void restoreSuspended(boolean inProcess) {
        service.suspend(gaveBack);
        if (inProcess && !streams.areProcessing()) {
            gaveBack.signal(); // as it is, unless the snapshot was wrong
        }
    }

    @Override
    public void resume() {
        service.resume();
    }

    private void suspendIfIdle() {
        if (service.running() && !service.taking() && !streams.areProcessing()) {
            service.transport().suspended();
        }
    }

    @Override
    public void queueReset(int queue) {
        ServedQueue ended = queues[queue];
        if (ended != null) {
            ended.forget();
        }
    }

    @Override
    public void reset() {
        service.stop();
        faults.reset();
        habits.reset();
        maps.reset();
        showMaps();
        elements.reset();
        forgetEverything();
    }

    @Override
    public void save(SnapshotWriter out) {
        if (!service.running()) {
            forgetEverything(); // after a guest's fault it is about to happen anyway
        }
        out.section(SECTION);
        CardDescription.save(config, out);
        maps.save(out);
        service.save(out);
        control.save(out);
        events.save(out);
        jacks.save(out);
        streams.save(out);
        elements.save(out);
        tasks.save(out);
        control.saveLooks(out);
    }

    @Override
    public Runnable load(SnapshotReader in, RestoredChains chains, boolean runs) throws SnapshotException {
        in.section(SECTION);
        CardDescription.check(config, in);
        Runnable shown = maps.load(in);
        Runnable served = service.load(in, runs);
        Runnable late = control.load(in, chains);
        Runnable pending = events.load(in);
        Runnable plugs = jacks.load(in);
        Runnable inside = streams.load(in, chains);
        Runnable controls = elements.load(in);
        Runnable schedule = tasks.load(in);
        Runnable looks = control.loadLooks(in, false);
        return () -> {
            streams.reset(); // before elements say anything to what they were
            habits.stranger();
            shown.run();
            showMaps();
            served.run();
            controls.run();
            plugs.run();
            inside.run();
            pending.run(); // a stream that begins anew withdraws what it had to say
            schedule.run();
            service.ensureTimer();
            late.run();
            streams.ensureTimers();
            jacks.followAgain();
            looks.run();
            if (!service.running()) {
                forgetEverything();
            }
        };
    }

    @Override
    public void saveSettings(SnapshotWriter out) {
        out.section(SETTINGS);
        CardDescription.save(config, out);
        streams.saveSettings(out);
        jacks.saveSettings(out);
        elements.saveSettings(out);
        control.saveLooks(out);
    }

    @Override
    public Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        in.section(SETTINGS);
        CardDescription.check(config, in);
        Runnable streamsAgain = streams.loadSettings(in);
        Runnable jacksAgain = jacks.loadSettings(in);
        Runnable elementsAgain = elements.loadSettings(in);
        Runnable looks = control.loadLooks(in, true);
        return () -> {
            elementsAgain.run(); // streams that open have their volume
            streamsAgain.run();
            jacksAgain.run();
            jacks.followAgain();
            looks.run();
        };
    }

    @Override
    public void close() {
        jacks.close();
        reset();
    }

    /** A guest's fault has ended the device. Streams are in the middle of something: they end a moment later. */
    private void faulted() {
        control.forget();
        streamsAfterFault.signal();
    }

    private void resetStreamsAfterFault() {
        if (!service.running()) { // or the driver was faster, and has reset the device and started anew
            streams.reset();
        }
    }

    private void forgetEverything() {
        control.forget();
        events.reset();
        jacks.reset();
        streams.reset();
    }
}
