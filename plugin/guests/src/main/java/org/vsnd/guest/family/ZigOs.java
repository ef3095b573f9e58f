// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * zigos-arch: no features, rings of at most 64, everything looked for. It sets up the event queue with the object that then
 * becomes the tx queue: the event queue stays enabled, with rings in pages that nobody fills. 16-bit stereo at 22.05 kHz,
 * started with nothing queued and never stopped. Sixteen messages of up to 4,096 bytes, each 64 bytes into its page, so that
 * frames and status reach into the next one. Not known and chosen here: how long five million looks take.
 */
final class ZigOs extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 250_000_000L; // five million looks
    private static final int MOST_DESCRIPTORS = 64;
    private static final int RATE_22050 = 4;
    private static final int SLOTS = 16;
    private static final int MESSAGE_BYTES = 4096;
    private static final int FRAMES_AT = 64;
    private static final StreamSetup SETUP =
            new StreamSetup(SndWire.FMT_S16, RATE_22050, 2, MESSAGE_BYTES / 4, 65536 / 4);

    private @Nullable TxSlots slots;

    ZigOs(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.status(0);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        card.driverFeatures(0, 0);
        card.driverFeatures(1, 0);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "the device refuses no features");
        }
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, MOST_DESCRIPTORS, ModernPci.NO_VECTOR);
        enableForgottenQueue(card, SndWire.EVENT_QUEUE);
        DriverQueue tx = queue(SndWire.TX_QUEUE, MOST_DESCRIPTORS, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        int streams = (int) card.config(4, 4);
        PolledRequests control =
                new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PATIENCE_NANOS);
        control.ok(
                "PCM_INFO",
                SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES),
                4 + streams * SndWire.PCM_INFO_BYTES);
        control.setParams(0, SETUP);
        control.prepare(0);
        control.start(0);
        long memory = memory().take(2 * SLOTS * GuestPages.PAGE);
        slots = new TxSlots(bus(), card, tx, counts(), SETUP, SLOTS, new TxSlots.Layout() {
            @Override
            public long header(int slot) {
                return memory + 2L * slot * GuestPages.PAGE;
            }

            @Override
            public long frames(int slot) {
                return header(slot) + FRAMES_AT;
            }

            @Override
            public long status(int slot, int frameBytes) {
                return frames(slot) + frameBytes;
            }
        });
    }

    /** The device may look at its rings, in which it finds nothing; it has no reason to write there. */
    private void enableForgottenQueue(ModernPci card, int index) {
        int size = Math.min(card.queueSize(index), MOST_DESCRIPTORS);
        int bytes = 3 * GuestPages.PAGE;
        long rings = memory().take(bytes);
        bus().guard().offer(rings, bytes, false);
        card.common(VirtioPciCommonCfg.QUEUE_SIZE, 2, size);
        card.address(VirtioPciCommonCfg.QUEUE_DESC, rings);
        card.address(VirtioPciCommonCfg.QUEUE_DRIVER, rings + GuestPages.PAGE);
        card.address(VirtioPciCommonCfg.QUEUE_DEVICE, rings + 2L * GuestPages.PAGE);
        card.common(VirtioPciCommonCfg.QUEUE_ENABLE, 2, 1);
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        booted(slots).drain(PolledRequests.FOR_EVER);
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        booted(slots).sendAll(sound, SETUP.bytesOf(nanos), MESSAGE_BYTES, PolledRequests.FOR_EVER);
    }

    @Override
    public void stop() {
        // it only hands over no more
    }

    @Override
    public void close() {
        // it never goes
    }
}
