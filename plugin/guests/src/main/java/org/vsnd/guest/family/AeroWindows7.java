// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * Aero's driver for Windows 7: VERSION_1 and INDIRECT_DESC, both required; two streams, no channel maps. The header of its
 * messages is 8 bytes, the second half 0. The sound lies in a cyclic buffer and goes by pieces of its pages; several periods
 * are in flight, and a timer looks for those that are done. Capture is mono. SET_PARAMS, PREPARE, START for each sound, STOP
 * and RELEASE at its end. Not known and chosen here: periods of 10 ms, sixteen in the buffer, eight in flight, the timer's
 * 5 ms, and its patience.
 */
final class AeroWindows7 extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final long TIMER_NANOS = 5_000_000L;
    private static final int HEADER_BYTES = 8;
    private static final int EVENT_BUFFERS = 16;
    private static final int EVENT_BYTES = 8;
    private static final int PERIODS = 16;
    private static final int IN_FLIGHT = 8;
    private static final int OUTPUT = 0;
    private static final int INPUT = 1;

    private final BufferList chain = new BufferList();
    private @Nullable PolledRequests control;
    private @Nullable Direction playback;
    private @Nullable Direction recording;

    AeroWindows7(Bus bus) {
        super(bus);
    }

    /** A stream, its queue, its cyclic buffer, and the headers and statuses beside it. */
    private static final class Direction {
        final int stream;
        final DriverQueue queue;
        final StreamSetup setup;
        final long ring;
        final long messages;
        final byte[] order = new byte[PERIODS]; // period of those that are back
        long sent;
        long back;

        Direction(int stream, DriverQueue queue, int channels, GuestPages memory) {
            this.stream = stream;
            this.queue = queue;
            setup = new StreamSetup(SndWire.FMT_S16, SndWire.RATE_48000, channels, 480, PERIODS * 480);
            ring = memory.take(setup.bufferBytes());
            messages = memory.take(PERIODS * 2 * HEADER_BYTES);
        }

        long header(int period) {
            return messages + (long) period * 2 * HEADER_BYTES;
        }

        long frames(int period) {
            return ring + (long) period * setup.periodBytes();
        }
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        int low = (int) Features.INDIRECT_DESC;
        if ((card.deviceFeatures(0) & low) == 0 || (card.deviceFeatures(1) & 1) == 0) {
            throw new GuestTroubleException(false, "the device lacks VERSION_1 or INDIRECT_DESC");
        }
        card.driverFeatures(0, low);
        card.driverFeatures(1, 1);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if (card.config(4, 4) != 2 || card.config(8, 4) != 0) {
            throw new GuestTroubleException(false, "the device has not two streams and no channel maps");
        }
        DriverQueue requests = queue(card, SndWire.CONTROL_QUEUE);
        DriverQueue events = queue(card, SndWire.EVENT_QUEUE);
        playback = new Direction(OUTPUT, queue(card, SndWire.TX_QUEUE), 2, memory());
        recording = new Direction(INPUT, queue(card, SndWire.RX_QUEUE), 1, memory());
        control = new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PATIENCE_NANOS);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        long buffers = memory().take(EVENT_BUFFERS * EVENT_BYTES);
        for (int i = 0; i < EVENT_BUFFERS; i++) {
            events.add(chain.clear().writable(buffers + (long) i * EVENT_BYTES, EVENT_BYTES), i);
        }
        card.kick(events);
        for (int stream = OUTPUT; stream <= INPUT; stream++) {
            booted(control)
                    .ok(
                            "PCM_INFO",
                            SoundDriver.words(SndWire.R_PCM_INFO, stream, 1, SndWire.PCM_INFO_BYTES),
                            4 + SndWire.PCM_INFO_BYTES);
        }
    }

    private static DriverQueue queue(ModernPci card, int index) {
        return card.enableQueue(index, card.queueSize(index), ModernPci.NO_VECTOR, Features.INDIRECT_DESC);
    }

    private void open(Direction direction) {
        PolledRequests requests = booted(control);
        requests.setParams(direction.stream, direction.setup);
        requests.prepare(direction.stream);
        direction.sent = 0;
        direction.back = 0;
    }

    private void close(Direction direction) {
        PolledRequests requests = booted(control);
        requests.stop(direction.stream);
        requests.release(direction.stream);
        takeBack(direction);
    }

    private void takeBack(Direction direction) {
        direction.queue.poll((period, length) -> {
            direction.order[(int) (direction.back++ % PERIODS)] = (byte) period;
            long status = direction.header(period) + HEADER_BYTES;
            int latencyBytes = bus().ram().get32(status + 4);
            counts().countBack(
                            bus().ram().get32(status),
                            direction.setup.nanosOf(latencyBytes / direction.setup.frameBytes()));
        });
    }

    /** Waits, from one look of its timer to the next, until at most so many are in flight. */
    private void await(Direction direction, int inFlight) {
        long endNanos = bus().nanoTime() + PATIENCE_NANOS;
        takeBack(direction);
        while (direction.sent - direction.back > inFlight) {
            if (bus().nanoTime() > endNanos) {
                throw new GuestTroubleException(false, "no message came back");
            }
            bus().pass(TIMER_NANOS);
            takeBack(direction);
        }
    }

    private void submit(Direction direction) {
        int period = (int) (direction.sent++ % PERIODS);
        long header = direction.header(period);
        boolean output = direction.stream == OUTPUT;
        bus().ram().put64(header, direction.stream); // and the reserved half
        bus().ram().put64(header + HEADER_BYTES, 0);
        chain.clear()
                .readable(header, HEADER_BYTES)
                .pages(direction.frames(period), direction.setup.periodBytes(), GuestPages.PAGE, !output)
                .writable(header + HEADER_BYTES, SndWire.STATUS_BYTES);
        if (!direction.queue.add(chain, period)) {
            throw new GuestTroubleException(false, "the queue is full");
        }
        counts().countSent();
        pci().kick(direction.queue);
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        Direction to = booted(playback);
        await(to, 0);
        close(to);
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        Direction to = booted(playback);
        open(to);
        boolean started = false;
        for (long left = to.setup.bytesOf(nanos); left > 0; left -= to.setup.periodBytes()) {
            if (to.sent == IN_FLIGHT) {
                booted(control).start(OUTPUT);
                started = true;
            }
            await(to, IN_FLIGHT - 1);
            bus().ram().write(to.frames((int) (to.sent % PERIODS)), sound.next(to.setup.periodBytes()));
            submit(to);
        }
        if (!started) {
            booted(control).start(OUTPUT);
        }
    }

    @Override
    public void stop() {
        close(booted(playback));
    }

    @Override
    public void record(SoundRecorded sound, long nanos) {
        Direction from = booted(recording);
        open(from);
        for (int i = 0; i < IN_FLIGHT; i++) {
            submit(from);
        }
        booted(control).start(INPUT);
        long taken = 0;
        for (long left = from.setup.bytesOf(nanos); left > 0; left -= from.setup.periodBytes()) {
            while (taken == from.back) {
                await(from, IN_FLIGHT - 1);
            }
            int period = from.order[(int) (taken++ % PERIODS)];
            sound.take(bus().ram().read(from.frames(period), from.setup.periodBytes()));
            submit(from);
        }
        close(from);
    }
}
