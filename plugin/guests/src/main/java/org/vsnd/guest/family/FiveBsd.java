// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * The driver of 5BSD, a fork of FreeBSD. FreeBSD's bus sets DRIVER_OK after the driver's attach, and this driver posts event
 * buffers and asks PCM_INFO <em>in</em> attach, for 5 s. INDIRECT_DESC, EVENT_IDX and RING_RESET where offered; five vectors, or two, or
 * the pin. Two or more periods are promised and one message is in flight: each interrupt sends the next one, with what the
 * ring has by then. At the end STOP and RELEASE, after which everything is taken for its own. Record buffers are copied
 * whole, whatever length was used. Not known and chosen here: block and ring, and that FreeBSD's sound system goes on with
 * silence until the last of the sound is back.
 */
final class FiveBsd extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int WANTED_LOW = (int) (Features.INDIRECT_DESC | Features.EVENT_IDX);
    private static final int WANTED_HIGH = (int) ((Features.VERSION_1 | Features.RING_RESET) >>> 32);
    private static final int EVENT_BUFFERS = 4;
    private static final int EVENT_BYTES = 8;
    private static final int OUTPUT = 0;
    private static final int INPUT = 1;
    private static final int BLOCK_BYTES = 4096;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(BLOCK_BYTES / 4, 4 * BLOCK_BYTES / 4);

    private final BufferList chain = new BufferList();
    private @Nullable PolledRequests control;
    private @Nullable Direction playback;
    private @Nullable Direction recording;
    private final boolean sleeps;
    private long eventBuffers;
    private int lowFeatures;
    private int vectors;

    private FiveBsd(Bus bus, boolean sleeps) {
        super(bus);
        this.sleeps = sleeps;
    }

    static FiveBsd awake(Bus bus) {
        return new FiveBsd(bus, false);
    }

    /**
     * On a machine that sleeps before each sound. Without VIRTIO_F_SUSPEND the driver then resets the device, negotiates
     * the same features, and posts its event buffers before DRIVER_OK, but asks nothing.
     */
    static FiveBsd sleeping(Bus bus) {
        return new FiveBsd(bus, true);
    }

    /** A channel of its sound system: a queue, and the one message in it. */
    private static final class Direction {
        @Nullable
        DriverQueue queue;

        final long header;
        final long block; // of a page each
        boolean pending;
        long interruptsSeen;

        Direction(GuestPages memory) {
            header = memory.take(GuestPages.PAGE);
            block = memory.take(BLOCK_BYTES);
        }

        DriverQueue queue() {
            return booted(queue);
        }

        long status() {
            return header + 4;
        }
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        try {
            attach(card);
        } catch (GuestTroubleException e) {
            card.status(card.status() | VirtioPciCommonCfg.STATUS_FAILED);
            card.reset();
            throw e;
        }
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
    }

    private void attach(ModernPci card) {
        negotiate(card);
        int streams = (int) card.config(4, 4);
        if (streams != 1 && streams != 2) {
            throw new GuestTroubleException(false, "the device has " + streams + " streams");
        }
        eventBuffers = memory().take(EVENT_BUFFERS * EVENT_BYTES);
        playback = new Direction(memory());
        recording = new Direction(memory());
        ControlRoundTrip round = setUpQueues(card);
        int infoBytes = streams * SndWire.PCM_INFO_BYTES;
        booted(control)
                .ok(
                        "PCM_INFO",
                        SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES),
                        4 + infoBytes);
        for (int stream = 0; stream < streams; stream++) {
            PcmInfo info = PcmInfo.decode(
                    ByteBuffer.wrap(round.reply(4, infoBytes)).order(ByteOrder.LITTLE_ENDIAN),
                    stream * SndWire.PCM_INFO_BYTES);
            if (info.isOutput() != (stream == OUTPUT)) {
                throw new GuestTroubleException(false, "stream " + stream + " is of the other direction");
            }
        }
    }

    private void negotiate(ModernPci card) {
        lowFeatures = card.deviceFeatures(0) & WANTED_LOW;
        card.driverFeatures(0, lowFeatures);
        card.driverFeatures(1, card.deviceFeatures(1) & WANTED_HIGH);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "the device refuses the features");
        }
    }

    private ControlRoundTrip setUpQueues(ModernPci card) {
        vectors = card.msixVectors() >= 5 ? 5 : card.msixVectors() >= 2 ? 2 : 0;
        if (vectors == 0) {
            card.enableIntx();
        } else {
            card.enableMsix(vectors);
            card.common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
        }
        DriverQueue[] queues = new DriverQueue[4];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = card.enableQueue(i, card.queueSize(i), vectorOf(i), lowFeatures);
        }
        for (int i = 0; i < EVENT_BUFFERS; i++) {
            chain.clear().writable(eventBuffers + (long) i * EVENT_BYTES, EVENT_BYTES);
            queues[SndWire.EVENT_QUEUE].add(chain, i);
        }
        card.kick(queues[SndWire.EVENT_QUEUE]);
        booted(playback).queue = queues[SndWire.TX_QUEUE];
        booted(recording).queue = queues[SndWire.RX_QUEUE];
        ControlRoundTrip round = new ControlRoundTrip(bus(), card, queues[SndWire.CONTROL_QUEUE], memory());
        control = new PolledRequests(round, PATIENCE_NANOS);
        return round;
    }

    /** The machine sleeps and wakes up: no stream runs, so that there is none to stop. */
    private void sleepAndWake() {
        ModernPci card = pci();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        negotiate(card);
        setUpQueues(card);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
    }

    private int vectorOf(int queue) {
        return vectors == 0 ? ModernPci.NO_VECTOR : vectors == 2 ? 1 : queue + 1;
    }

    /** Its handler has run since the last time, and finds the message used. */
    private boolean isBack(Direction direction) {
        boolean interrupted;
        if (vectors == 0) {
            interrupted = bus().intxAsserted() && (pci().isr() & 1) != 0;
        } else {
            long messages = pci().messages(vectorOf(direction.queue().index()));
            interrupted = messages != direction.interruptsSeen;
            direction.interruptsSeen = messages;
        }
        return interrupted && takeBack(direction);
    }

    private boolean takeBack(Direction direction) {
        return direction.queue().poll((token, length) -> {
                    direction.pending = false;
                    counts().countBack(
                                    bus().ram().get32(direction.status()),
                                    SETUP.nanosOf(bus().ram().get32(direction.status() + 4) / SETUP.frameBytes()));
                })
                > 0;
    }

    private void awaitBack(Direction direction) {
        // the channel's user would wait until the sound system's own time-out
        if (!bus().await(() -> isBack(direction), PATIENCE_NANOS)) {
            throw new GuestTroubleException(false, "no interrupt for a message");
        }
    }

    private void trigger(int stream) {
        if (sleeps) {
            sleepAndWake();
        }
        PolledRequests requests = booted(control);
        requests.setParams(stream, SETUP);
        requests.prepare(stream);
        requests.start(stream);
    }

    private void abort(int stream, Direction direction) {
        PolledRequests requests = booted(control);
        requests.stop(stream);
        requests.release(stream);
        takeBack(direction);
        if (direction.pending) {
            counts().countLost();
            direction.pending = false;
        }
    }

    private void send(Direction to, byte[] block) {
        bus().ram().put32(to.header, OUTPUT);
        bus().ram().put64(to.status(), 0);
        bus().ram().write(to.block, block);
        chain.clear()
                .readable(to.header, 4)
                .readable(to.block, block.length)
                .writable(to.status(), SndWire.STATUS_BYTES);
        offer(to);
    }

    private void receive(Direction from) {
        bus().ram().put32(from.header, INPUT);
        bus().ram().put64(from.status(), 0);
        chain.clear()
                .readable(from.header, 4)
                .writable(from.block, BLOCK_BYTES)
                .writable(from.status(), SndWire.STATUS_BYTES);
        offer(from);
    }

    private void offer(Direction direction) {
        if (!direction.queue().add(chain, 0)) {
            throw new GuestTroubleException(false, "the queue is full");
        }
        direction.pending = true;
        counts().countSent();
        pci().kick(direction.queue());
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        Direction to = booted(playback);
        awaitBack(to);
        send(to, new byte[BLOCK_BYTES]);
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        Direction to = booted(playback);
        trigger(OUTPUT);
        long blocks = (SETUP.bytesOf(nanos) + BLOCK_BYTES - 1) / BLOCK_BYTES;
        for (long i = 0; i < blocks; i++) {
            if (i > 0) {
                awaitBack(to);
            }
            send(to, sound.next(BLOCK_BYTES));
        }
    }

    @Override
    public void stop() {
        abort(OUTPUT, booted(playback));
    }

    @Override
    public void record(SoundRecorded sound, long nanos) {
        Direction from = booted(recording);
        trigger(INPUT);
        receive(from);
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= BLOCK_BYTES) {
            awaitBack(from);
            sound.take(bus().ram().read(from.block, BLOCK_BYTES));
            receive(from);
        }
        abort(INPUT, from);
    }
}
