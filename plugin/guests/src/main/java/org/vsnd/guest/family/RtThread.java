// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * RT-Thread: takes F_CTLS and ANY_LAYOUT if they are offered, and selects MSG_POLLING if a stream offers it. Four queues, the event queue full of buffers. PCM_INFO in three
 * descriptors. Two messages of one block of its pool, 2,048 bytes, in flight, sent after START. To stop, it sends STOP and
 * then looks a thousand times, a millisecond apart, for its messages; then it sends RELEASE and takes them for its own.
 *
 * <p>Not known and chosen here: INTx, 48 kHz, and that it stops when the last block has been handed over.
 */
final class RtThread extends PciFamilyDriver {
    private static final int F_CTLS = 1;
    private static final int F_ANY_LAYOUT = 1 << 27;
    private static final int EVENT_BYTES = 8;
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final long LOOK_NANOS = 2_000_000L;
    private static final long STOP_LOOK_NANOS = 1_000_000L;
    private static final int STOP_LOOKS = 1000;
    private static final int BLOCKS = 2;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(512, 1024);

    private @Nullable PolledRequests control;
    private @Nullable MessageSlots played;
    private @Nullable MessageSlots recorded;
    private int output;
    private int input;
    /** By stream: what it offers of the one feature that this driver knows, which it then selects. */
    private int[] polling = {};

    private boolean running;

    RtThread(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        int features = card.deviceFeatures(0) & (F_CTLS | F_ANY_LAYOUT);
        card.driverFeatures(0, features);
        card.driverFeatures(1, 0);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        card.enableIntx();
        int jacks = (int) card.config(0, 4);
        int streams = (int) card.config(4, 4);
        int chmaps = (int) card.config(8, 4);
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue events = queue(SndWire.EVENT_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue rx = queue(SndWire.RX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        control = new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PATIENCE_NANOS);
        offerEvents(events);
        if (jacks > 0) {
            info(SndWire.R_JACK_INFO, jacks, SndWire.JACK_INFO_BYTES);
        }
        if (chmaps > 0) {
            info(SndWire.R_CHMAP_INFO, chmaps, SndWire.CHMAP_INFO_BYTES);
        }
        findStreams(streams);
        played = new MessageSlots(this, tx, SETUP, output, BLOCKS, SETUP.periodBytes());
        recorded = new MessageSlots(this, rx, SETUP, input, BLOCKS, SETUP.periodBytes());
    }

    private void offerEvents(DriverQueue events) {
        long buffers = memory().take(events.size() * EVENT_BYTES);
        for (int i = 0; i < events.size(); i++) {
            events.add(new BufferList().writable(buffers + (long) i * EVENT_BYTES, EVENT_BYTES), i);
        }
        pci().kick(events);
    }

    private void info(int code, int count, int size) {
        booted(control).ok("information", SoundDriver.words(code, 0, count, size), 4, count * size);
    }

    private void findStreams(int count) {
        List<PcmInfo> infos = booted(control).pcmInfos(count, 4, count * SndWire.PCM_INFO_BYTES);
        polling = infos.stream()
                .mapToInt(info -> info.features() & SndWire.PCM_F_MSG_POLLING)
                .toArray();
        output = PolledRequests.first(infos, true);
        input = PolledRequests.first(infos, false);
    }

    private void start(int stream) {
        PolledRequests requests = booted(control);
        requests.setParams(stream, SETUP, polling[stream]);
        requests.prepare(stream);
        requests.start(stream);
    }

    /** Its handler runs at an interrupt, and every 2 ms. */
    private void awaitBack(MessageSlots slots, MessageSlots.Back listener) {
        for (long waited = 0; slots.takeBack(listener) == 0; waited += LOOK_NANOS) {
            if (waited > PATIENCE_NANOS) {
                throw new GuestTroubleException(false, "a block was not done within a second");
            }
            bus().await(() -> bus().intxAsserted() && (pci().isr() & 1) != 0, LOOK_NANOS);
        }
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        MessageSlots slots = booted(played);
        start(output);
        running = true;
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= SETUP.periodBytes()) {
            int slot = slots.nextFree();
            if (slot < 0) {
                awaitBack(slots, (number, length) -> {});
                slot = slots.nextFree();
            }
            slots.play(slot, true, sound.next(SETUP.periodBytes()));
            announce(output, slots);
        }
    }

    private void announce(int stream, MessageSlots slots) {
        if (polling[stream] == 0) {
            pci().kick(slots.queue());
        }
    }

    @Override
    public void stop() {
        if (running) {
            running = false;
            stop(output, booted(played), (number, length) -> {});
        }
    }

    private void stop(int stream, MessageSlots slots, MessageSlots.Back listener) {
        booted(control).stop(stream);
        slots.takeBack(listener);
        long lastLookNanos = (STOP_LOOKS - 1) * STOP_LOOK_NANOS;
        if (!slots.awaitNone(STOP_LOOK_NANOS, lastLookNanos, () -> slots.takeBack(listener))) {
            bus().pass(STOP_LOOK_NANOS); // after each look, and after the last as well
        }
        slots.giveUp();
        booted(control).release(stream);
    }

    @Override
    public void record(SoundRecorded sound, long nanos) {
        MessageSlots slots = booted(recorded);
        start(input);
        long[] left = {SETUP.bytesOf(nanos)};
        MessageSlots.Back take = (number, length) -> {
            byte[] bytes = slots.recorded(number, length - SndWire.STATUS_BYTES);
            left[0] -= bytes.length;
            sound.take(bytes);
        };
        while (left[0] > 0) {
            for (int slot = slots.nextFree(); slot >= 0; slot = slots.nextFree()) {
                slots.record(slot, true, SETUP.periodBytes());
            }
            announce(input, slots);
            awaitBack(slots, take);
        }
        stop(input, slots, take);
    }
}
