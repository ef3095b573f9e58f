// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * NuttX: no features, four queues, interrupts, the configuration after DRIVER_OK. PCM_INFO in three descriptors, other
 * requests in two; each is waited for without limit. A period is so many milliseconds of bytes, rounded down to a byte: 882
 * bytes for 20 ms of stereo at 11,025 Hz, 1323 for 15 ms of mono at 44,100 Hz, neither whole frames. Every message has a
 * period's bytes; its status is not looked at. A player queues four buffers, starts, and at the end waits for all of them; stop is
 * STOP and RELEASE. Not known and chosen here: that the buffers are queued before START, that it is interrupted by the
 * pin, and players whose sound ends with a message.
 */
final class NuttX extends PciFamilyDriver {
    private static final int OUTPUT = 0;
    private static final int INPUT = 1;
    private static final int BUFFERS = 4;
    private static final int STATUS_AT = 4; // of the page that begins with the header
    private static final int DATA_AT = 64;
    private static final int RATE_11025 = 2;

    private final StreamSetup setup; // its sizes are not used: they are no frames
    private final int periodBytes;
    private final BufferList chain = new BufferList();
    private @Nullable ControlRoundTrip control;
    private @Nullable Direction playback;
    private @Nullable Direction recording;

    private NuttX(Bus bus, int rate, int channels, int periodMillis) {
        super(bus);
        setup = new StreamSetup(SndWire.FMT_S16, rate, channels, 1, 1);
        periodBytes = setup.rateHz() * setup.frameBytes() * periodMillis / 1000;
    }

    /** Stereo at 11,025 Hz. */
    static NuttX stereo(Bus bus) {
        return new NuttX(bus, RATE_11025, 2, 20);
    }

    /** Mono at 44,100 Hz. */
    static NuttX mono(Bus bus) {
        return new NuttX(bus, SndWire.RATE_44100, 1, 15);
    }

    /** An audio device of its system, with its buffers. */
    private static final class Direction {
        final int stream;
        final DriverQueue queue;
        final long buffers;
        final boolean[] pending = new boolean[BUFFERS];
        final int[] order = new int[BUFFERS]; // of those that are back
        int back;

        Direction(int stream, DriverQueue queue, GuestPages memory) {
            this.stream = stream;
            this.queue = queue;
            buffers = memory.take(BUFFERS * GuestPages.PAGE);
        }

        long buffer(int index) {
            return buffers + (long) index * GuestPages.PAGE;
        }

        boolean isIdle() {
            for (boolean one : pending) {
                if (one) {
                    return false;
                }
            }
            return true;
        }
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        card.driverFeatures(0, 0);
        card.driverFeatures(1, card.deviceFeatures(1) & 1); // the transport's own
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        card.enableIntx();
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE);
        queue(SndWire.EVENT_QUEUE);
        DriverQueue tx = queue(SndWire.TX_QUEUE);
        DriverQueue rx = queue(SndWire.RX_QUEUE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        playback = new Direction(OUTPUT, tx, memory());
        recording = new Direction(INPUT, rx, memory());
        control = new ControlRoundTrip(bus(), card, requests, memory());
        int streams = (int) card.config(4, 4);
        request(
                "PCM_INFO",
                SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES),
                4,
                streams * SndWire.PCM_INFO_BYTES);
    }

    private DriverQueue queue(int index) {
        return queue(index, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
    }

    private void request(String what, byte[] bytes, int... reply) {
        ControlRoundTrip requests = booted(control);
        if (!requests.request(bytes, PolledRequests.FOR_EVER, this::interrupted, reply)) {
            throw new GuestTroubleException(true, what + " was not answered");
        }
        if (requests.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(false, what + " failed: -EIO");
        }
    }

    private void command(String what, int code, int stream) {
        request(what, SoundDriver.words(code, stream), 4);
    }

    private void configure(int stream) {
        request(
                "SET_PARAMS",
                SoundDriver.setParamsRequest(
                        stream, BUFFERS * periodBytes, periodBytes, 0, setup.channels(), setup.format(), setup.rate()),
                4);
        command("PREPARE", SndWire.R_PCM_PREPARE, stream);
    }

    private void stop(int stream) {
        command("STOP", SndWire.R_PCM_STOP, stream);
        command("RELEASE", SndWire.R_PCM_RELEASE, stream);
    }

    /** Its handler: looks at both message queues. */
    private boolean interrupted() {
        if (!bus().intxAsserted() || (pci().isr() & 1) == 0) {
            return false;
        }
        takeBack(booted(playback));
        takeBack(booted(recording));
        return true;
    }

    private void takeBack(Direction direction) {
        direction.queue.poll((index, length) -> {
            direction.pending[index] = false;
            direction.order[direction.back++] = index;
            long status = direction.buffer(index) + STATUS_AT;
            int latencyBytes = bus().ram().get32(status + 4);
            counts().countBack(bus().ram().get32(status), setup.nanosOf(latencyBytes / setup.frameBytes()));
        });
    }

    /** The buffer that came back first and is the player's. */
    private int awaitBack(Direction direction) {
        if (direction.back == 0 && !bus().await(() -> interrupted() && direction.back > 0, PolledRequests.FOR_EVER)) {
            throw new GuestTroubleException(true, "no message came back");
        }
        int index = direction.order[0];
        System.arraycopy(direction.order, 1, direction.order, 0, --direction.back);
        return index;
    }

    private void enqueue(Direction direction, int index) {
        long buffer = direction.buffer(index);
        bus().ram().put32(buffer, direction.stream);
        bus().ram().put64(buffer + STATUS_AT, SndWire.S_IO_ERR);
        chain.clear().readable(buffer, 4);
        if (direction.stream == OUTPUT) {
            chain.readable(buffer + DATA_AT, periodBytes).writable(buffer + STATUS_AT, SndWire.STATUS_BYTES);
        } else {
            chain.writable(buffer + DATA_AT, periodBytes).writable(buffer + STATUS_AT, SndWire.STATUS_BYTES);
        }
        if (!direction.queue.add(chain, index)) {
            throw new GuestTroubleException(false, "the queue is full");
        }
        direction.pending[index] = true;
        counts().countSent();
        pci().kick(direction.queue);
    }

    private void write(SoundToPlay sound, int index) {
        Direction to = booted(playback);
        bus().ram().write(to.buffer(index) + DATA_AT, sound.next(periodBytes));
        enqueue(to, index);
    }

    /** Messages for so much sound, to which others are added until there are an even number, or an odd one. */
    private long messages(long nanos, boolean even) {
        long messages = (setup.bytesOf(nanos) + periodBytes - 1) / periodBytes;
        return messages % 2 == (even ? 0 : 1) ? messages : messages + 1;
    }

    private void begin(SoundToPlay sound, long messages, Direction to) {
        configure(OUTPUT);
        to.back = 0;
        for (int i = 0; i < BUFFERS; i++) {
            write(sound, i);
        }
        command("START", SndWire.R_PCM_START, OUTPUT);
        for (long i = BUFFERS; i < messages; i++) {
            write(sound, awaitBack(to));
        }
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        Direction to = booted(playback);
        begin(sound, messages(nanos, true), to); // two messages are whole frames
        while (!to.isIdle()) {
            awaitBack(to);
        }
        stop(OUTPUT);
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        begin(sound, messages(nanos, false), booted(playback)); // and an odd number are not
    }

    @Override
    public void stop() {
        stop(OUTPUT);
    }

    @Override
    public void record(SoundRecorded sound, long nanos) {
        Direction from = booted(recording);
        configure(INPUT);
        from.back = 0;
        for (int i = 0; i < BUFFERS; i++) {
            enqueue(from, i);
        }
        command("START", SndWire.R_PCM_START, INPUT);
        for (long left = messages(nanos, true); left > 0; left--) {
            int index = awaitBack(from);
            sound.take(bus().ram().read(from.buffer(index) + DATA_AT, periodBytes));
            enqueue(from, index);
        }
        stop(INPUT);
    }
}
