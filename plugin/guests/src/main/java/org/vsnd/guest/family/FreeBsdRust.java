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
 * The FreeBSD driver written in Rust. VERSION_1 alone; only the event queue has an interrupt, and no event buffer is posted.
 * PCM_INFO in three descriptors <em>before DRIVER_OK</em> (FreeBSD's bus sets it after attach), looked for without limit; its status
 * is not looked at. SET_PARAMS only when format or rate have changed, otherwise a stream that was released is prepared at once. A
 * timer of one tick sends a block and looks until it is back, so the processor is busy for as long as the device
 * keeps it. 32-bit stereo at 48 kHz, two blocks of 16 KiB, one in flight.
 */
final class FreeBsdRust extends PciFamilyDriver {
    private static final long TICK_NANOS = 1_000_000L;
    private static final int BLOCK_BYTES = 16384;
    private static final StreamSetup SETUP =
            new StreamSetup(SndWire.FMT_S32, SndWire.RATE_48000, 2, BLOCK_BYTES / 8, 2 * BLOCK_BYTES / 8);

    private final BufferList chain = new BufferList();
    private @Nullable PolledRequests control;
    private @Nullable DriverQueue tx;
    private long header; // and the status
    private long block;
    private boolean set;

    FreeBsdRust(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        int high = card.deviceFeatures(1) & 1;
        card.driverFeatures(0, 0);
        card.driverFeatures(1, high);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "the device refuses the features");
        }
        int vector = ModernPci.NO_VECTOR;
        if (card.msixVectors() >= 2) {
            card.enableMsix(2);
            card.common(VirtioPciCommonCfg.CONFIG_MSIX_VECTOR, 2, 0);
            vector = 1;
        } else {
            card.enableIntx();
        }
        DriverQueue requests = silentQueue(SndWire.CONTROL_QUEUE);
        queue(SndWire.EVENT_QUEUE, Integer.MAX_VALUE, vector);
        tx = silentQueue(SndWire.TX_QUEUE);
        silentQueue(SndWire.RX_QUEUE);
        int streams = (int) card.config(4, 4);
        PolledRequests polled =
                new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PolledRequests.FOR_EVER);
        control = polled;
        polled.answered(
                "PCM_INFO",
                SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES),
                4,
                streams * SndWire.PCM_INFO_BYTES);
        header = memory().take(GuestPages.PAGE);
        block = memory().take(BLOCK_BYTES);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
    }

    private DriverQueue silentQueue(int index) {
        DriverQueue queue = queue(index, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue.suppressInterrupts(true);
        return queue;
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        stop(); // nothing is in flight between two ticks
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        PolledRequests requests = booted(control);
        if (!set) {
            requests.setParams(0, SETUP);
            set = true;
        }
        requests.prepare(0);
        requests.start(0);
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= BLOCK_BYTES) {
            bus().pass(TICK_NANOS);
            sendAndSpin(sound.next(BLOCK_BYTES));
        }
    }

    private void sendAndSpin(byte[] frames) {
        DriverQueue queue = booted(tx);
        bus().ram().put32(header, 0);
        bus().ram().put64(header + 4, 0);
        bus().ram().write(block, frames);
        chain.clear().readable(header, 4).readable(block, frames.length).writable(header + 4, SndWire.STATUS_BYTES);
        if (!queue.add(chain, 0)) {
            throw new GuestTroubleException(false, "the tx queue is full");
        }
        counts().countSent();
        pci().kick(queue);
        if (!bus().await(() -> queue.poll((token, length) -> {}) > 0, PolledRequests.FOR_EVER)) {
            throw new GuestTroubleException(true, "a message is looked for in a timer, for ever");
        }
        counts().countBack(
                        bus().ram().get32(header + 4),
                        SETUP.nanosOf(bus().ram().get32(header + 8) / SETUP.frameBytes()));
    }

    @Override
    public void stop() {
        PolledRequests requests = booted(control);
        requests.stop(0);
        requests.release(0);
    }
}
