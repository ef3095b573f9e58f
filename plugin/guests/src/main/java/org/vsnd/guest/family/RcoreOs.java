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
 * The crate virtio-drivers of rCore, which several systems use: INDIRECT_DESC, EVENT_IDX and VERSION_1, four queues of 32,
 * everything looked for without limit. JACK_INFO and CHMAP_INFO even where there are none, which may fail. Every answer has a page
 * of room. Its blocking write sends up to ten messages, each a period and the last one what is left, with the statuses in
 * an array on its stack, and returns when all are back; they must come back in their order. What the program does with the
 * stream is not checked: here it stops and releases it after each sound, or in the middle.
 */
final class RcoreOs extends PciFamilyDriver {
    private static final int QUEUE_SIZE = 32;
    private static final int REPLY_BYTES = 3072; // of a page; see ControlRoundTrip
    private static final int EVENT_BYTES = 8;
    private static final int SLOTS = 10;
    private static final int PERIOD_BYTES = 4096;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(PERIOD_BYTES / 4, 4 * PERIOD_BYTES / 4);

    private @Nullable PolledRequests control;
    private @Nullable TxSlots slots;
    private boolean running;

    RcoreOs(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.status(0);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        int low = card.deviceFeatures(0) & (int) (Features.INDIRECT_DESC | Features.EVENT_IDX);
        card.driverFeatures(0, low);
        card.driverFeatures(1, card.deviceFeatures(1) & 1);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE
                | VirtioPciCommonCfg.STATUS_DRIVER
                | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        DriverQueue[] queues = new DriverQueue[4];
        for (int i = 0; i < queues.length; i++) {
            if (card.queueSize(i) < QUEUE_SIZE) {
                throw new GuestTroubleException(false, "queue " + i + " is too small");
            }
            queues[i] = card.enableQueue(i, QUEUE_SIZE, ModernPci.NO_VECTOR, low);
        }
        postEventBuffers(queues[SndWire.EVENT_QUEUE]);
        int jacks = (int) card.config(0, 4);
        int streams = (int) card.config(4, 4);
        int chmaps = (int) card.config(8, 4);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        card.kick(queues[SndWire.EVENT_QUEUE]);
        PolledRequests polled = new PolledRequests(
                new ControlRoundTrip(bus(), card, queues[SndWire.CONTROL_QUEUE], memory()), PolledRequests.FOR_EVER);
        control = polled;
        polled.answered("JACK_INFO", query(SndWire.R_JACK_INFO, jacks, SndWire.JACK_INFO_BYTES), REPLY_BYTES);
        polled.ok("PCM_INFO", query(SndWire.R_PCM_INFO, streams, SndWire.PCM_INFO_BYTES), REPLY_BYTES);
        polled.answered("CHMAP_INFO", query(SndWire.R_CHMAP_INFO, chmaps, SndWire.CHMAP_INFO_BYTES), REPLY_BYTES);
        long frames = memory().take(SLOTS * PERIOD_BYTES);
        long stack = memory().take(GuestPages.PAGE);
        slots = new TxSlots(bus(), card, queues[SndWire.TX_QUEUE], counts(), SETUP, SLOTS, new TxSlots.Layout() {
            @Override
            public long header(int slot) {
                return stack;
            }

            @Override
            public long frames(int slot) {
                return frames + (long) slot * PERIOD_BYTES;
            }

            @Override
            public long status(int slot, int frameBytes) {
                return stack + 64 + (long) slot * SndWire.STATUS_BYTES;
            }
        });
    }

    private static byte[] query(int code, int count, int size) {
        return SoundDriver.words(code, 0, count, size);
    }

    private void postEventBuffers(DriverQueue events) {
        long buffers = memory().take(QUEUE_SIZE * EVENT_BYTES);
        for (int i = 0; i < QUEUE_SIZE; i++) {
            events.add(new BufferList().writable(buffers + (long) i * EVENT_BYTES, EVENT_BYTES), i);
        }
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        booted(slots).drain(PolledRequests.FOR_EVER);
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        PolledRequests requests = booted(control);
        requests.setParams(0, SETUP);
        requests.prepare(0);
        requests.start(0);
        running = true;
        booted(slots).sendAll(sound, SETUP.bytesOf(nanos), PERIOD_BYTES, PolledRequests.FOR_EVER);
    }

    @Override
    public void stop() {
        if (running) {
            running = false;
            booted(control).stop(0);
            booted(control).release(0);
            booted(slots).drain(PolledRequests.FOR_EVER);
        }
    }
}
