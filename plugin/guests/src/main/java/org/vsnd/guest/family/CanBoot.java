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
 * CanBoot: VERSION_1 alone, control and tx queue only, everything looked for. For each sound SET_PARAMS, PREPARE and START, up
 * to eight messages of up to 16,384 bytes, and STOP at the end; it never releases, so the next SET_PARAMS comes to a stopped
 * stream. Not known and chosen here: 48 kHz, buffer and period, its patience, and that it waits for its messages before STOP.
 */
final class CanBoot extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final int SLOTS = 8;
    private static final int MESSAGE_BYTES = 16384;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(MESSAGE_BYTES / 4, SLOTS * MESSAGE_BYTES / 4);
    private static final int SLOT_BYTES = GuestPages.PAGE + MESSAGE_BYTES;

    private @Nullable PolledRequests control;
    private @Nullable TxSlots slots;

    CanBoot(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.status(0);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        int high = card.deviceFeatures(1) & 1;
        card.driverFeatures(0, 0);
        card.driverFeatures(1, high);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "the device refuses the features");
        }
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        int streams = (int) card.config(4, 4);
        PolledRequests polled =
                new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PATIENCE_NANOS);
        control = polled;
        polled.ok(
                "PCM_INFO",
                SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES),
                4 + streams * SndWire.PCM_INFO_BYTES);
        long memory = memory().take(SLOTS * SLOT_BYTES);
        slots = new TxSlots(bus(), card, tx, counts(), SETUP, SLOTS, new TxSlots.Layout() {
            @Override
            public long header(int slot) {
                return memory + (long) slot * SLOT_BYTES;
            }

            @Override
            public long frames(int slot) {
                return header(slot) + GuestPages.PAGE;
            }

            @Override
            public long status(int slot, int frameBytes) {
                return header(slot) + 4;
            }
        });
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        booted(slots).drain(PATIENCE_NANOS);
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        PolledRequests requests = booted(control);
        requests.setParams(0, SETUP);
        requests.prepare(0);
        requests.start(0);
        booted(slots).sendAll(sound, SETUP.bytesOf(nanos), MESSAGE_BYTES, PATIENCE_NANOS);
    }

    @Override
    public void stop() {
        booted(control).stop(0);
    }
}
