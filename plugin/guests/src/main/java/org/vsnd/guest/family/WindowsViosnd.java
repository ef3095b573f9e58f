// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * Windows' viosnd: VERSION_1, four queues without vectors, INTx not connected, a look every millisecond. Both streams are
 * set and prepared at boot, for good; if either is refused there is no audio device. Its messages are packets of Windows, 10
 * ms, whatever period was set. Playback keeps three of a pool of ten in flight; to stop, it waits for all of them and then sends
 * STOP. A recording has one message in flight, in one buffer with its status, for which it waits a second and then frees
 * its pages; it looks for the status at the end of what was written. RELEASE is never sent.
 *
 * <p>The ACX variant, read in part, sends STOP first and then waits for its messages. Not known and chosen here: that it
 * waits for a second, and is otherwise the same.
 */
final class WindowsViosnd extends PciFamilyDriver {
    private static final long LOOK_NANOS = 1_000_000L;
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final long HEAD_START_NANOS = 5_000_000L;
    private static final long FOR_EVER_NANOS = 60_000_000_000L;
    private static final int MOST_STREAMS = 64;
    private static final int POOL = 10;
    private static final int IN_FLIGHT = 3;
    private static final int PACKET_BYTES = 1920;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(256, 1024);

    private final boolean acx;
    private @Nullable PolledRequests control;
    private @Nullable DriverQueue rx;
    private @Nullable MessageSlots packets;
    private int output = -1;
    private int input = -1;
    private boolean running;

    private WindowsViosnd(Bus bus, boolean acx) {
        super(bus);
        this.acx = acx;
    }

    /** With WaveRT miniports. */
    static WindowsViosnd waveRt(Bus bus) {
        return new WindowsViosnd(bus, false);
    }

    /** With the audio class extension. */
    static WindowsViosnd acx(Bus bus) {
        return new WindowsViosnd(bus, true);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        card.driverFeatures(0, 0);
        card.driverFeatures(1, card.deviceFeatures(1) & 1);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "the device refuses the features");
        }
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue(SndWire.EVENT_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        rx = queue(SndWire.RX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        int streams = (int) Math.min(card.config(4, 4), MOST_STREAMS);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        PolledRequests polled =
                new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PATIENCE_NANOS);
        control = polled;
        List<PcmInfo> infos = polled.pcmInfos(streams, 4 + streams * SndWire.PCM_INFO_BYTES);
        output = PolledRequests.first(infos, true);
        input = PolledRequests.first(infos, false);
        for (int stream : new int[] {output, input}) {
            polled.setParams(stream, SETUP);
            polled.prepare(stream);
        }
        packets = new MessageSlots(this, tx, SETUP, output, POOL, PACKET_BYTES);
    }

    /** RUN: a thread sends packets, and START follows 5 ms later. */
    @Override
    public void begin(SoundToPlay sound, long nanos) {
        long left = SETUP.bytesOf(nanos);
        left -= fill(sound, left);
        bus().pass(HEAD_START_NANOS);
        booted(control).start(output);
        running = true;
        long lookedNanos = 0;
        while (left > 0) {
            bus().pass(LOOK_NANOS);
            booted(packets).takeBack();
            long bytes = fill(sound, left);
            left -= bytes;
            lookedNanos = bytes > 0 ? 0 : lookedNanos + LOOK_NANOS;
            if (lookedNanos > FOR_EVER_NANOS) {
                throw new GuestTroubleException(true, "packets are never played");
            }
        }
    }

    private long fill(SoundToPlay sound, long left) {
        MessageSlots slots = booted(packets);
        long sent = 0;
        while (sent < left && slots.inFlight() < IN_FLIGHT) {
            slots.play(slots.nextFree(), false, sound.next(PACKET_BYTES));
            sent += PACKET_BYTES;
            pci().notifyQueue(SndWire.TX_QUEUE);
        }
        return sent;
    }

    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        if (acx) {
            booted(control).stop(output);
            if (!areAllBack(PATIENCE_NANOS)) {
                booted(packets).giveUp();
            }
        } else {
            if (!areAllBack(FOR_EVER_NANOS)) {
                throw new GuestTroubleException(true, "packets never come back");
            }
            booted(control).stop(output);
        }
    }

    private boolean areAllBack(long limitNanos) {
        MessageSlots slots = booted(packets);
        return slots.awaitNone(LOOK_NANOS, limitNanos, slots::takeBack);
    }

    @Override
    public void record(SoundRecorded sound, long nanos) {
        Recording recording = new Recording(sound, nanos);
        recording.send();
        bus().pass(HEAD_START_NANOS);
        booted(control).start(input);
        while (recording.left > 0) {
            recording.await();
            recording.send();
        }
        booted(control).stop(input); // the thread waits for its last message
        recording.await();
    }

    /** The thread that records. */
    private final class Recording {
        private final SoundRecorded sound;
        private long left;
        private MessageSlots slot;

        Recording(SoundRecorded sound, long nanos) {
            this.sound = sound;
            left = SETUP.bytesOf(nanos);
            slot = message();
        }

        private MessageSlots message() {
            return new MessageSlots(WindowsViosnd.this, booted(rx), SETUP, input, 1, PACKET_BYTES);
        }

        void send() {
            slot.record(0, false, PACKET_BYTES);
            pci().notifyQueue(SndWire.RX_QUEUE);
        }

        /** Looks for a second, and then frees the pages, whoever has them. */
        void await() {
            slot.awaitNone(LOOK_NANOS, PATIENCE_NANOS, () -> slot.takeBackByUsedLength(this::back));
            slot.free();
            slot = message();
        }

        private void back(int number, int usedLength) {
            byte[] bytes = slot.recorded(number, usedLength - SndWire.STATUS_BYTES);
            left -= bytes.length;
            sound.take(bytes);
        }
    }
}
