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
 * brightnes: four queues, everything looked for, nothing asked. The header of a message is a variable of the function that
 * sends it: when that has notified it returns, and something else is in its place. One status for all messages. Buffer and
 * period are one message of 262,144 bytes, two are in flight; what the device answers is only logged. It never releases, and a
 * sound that ends is silence that goes on; here the next sound begins behind it. Not known and chosen here: a program that
 * sets the parameters, and looks every 10 ms.
 */
final class Brightnes extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = PolledRequests.FOR_EVER;
    private static final int MESSAGE_BYTES = 262_144;
    private static final int SLOTS = 2;
    private static final long OTHER_VARIABLE = 0xdead_beef_0bad_cafeL;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(MESSAGE_BYTES / 4, MESSAGE_BYTES / 4);

    private @Nullable ControlRoundTrip control;
    private @Nullable TxSlots slots;
    private long stack;
    private boolean started;

    Brightnes(Bus bus) {
        super(bus);
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
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue(SndWire.EVENT_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue(SndWire.RX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        card.config(4, 4);
        control = new ControlRoundTrip(bus(), card, requests, memory());
        stack = memory().take(GuestPages.PAGE);
        long status = memory().take(GuestPages.PAGE);
        long sound = memory().take(SLOTS * MESSAGE_BYTES);
        slots = new TxSlots(bus(), card, tx, counts(), SETUP, SLOTS, new TxSlots.Layout() {
            @Override
            public long header(int slot) {
                return stack;
            }

            @Override
            public long frames(int slot) {
                return sound + (long) slot * MESSAGE_BYTES;
            }

            @Override
            public long status(int slot, int frameBytes) {
                bus().guard().offer(status, SndWire.STATUS_BYTES, true); // still the other message's
                return status;
            }
        });
    }

    /** What is answered is logged, whatever it is. */
    private void request(byte... bytes) {
        if (!booted(control).request(bytes, PATIENCE_NANOS, 4)) {
            throw new GuestTroubleException(true, "a request was not answered");
        }
    }

    private void start() {
        if (started) {
            return;
        }
        started = true;
        request(SoundDriver.setParamsRequest(0, SETUP, 0));
        request(SoundDriver.words(SndWire.R_PCM_PREPARE, 0));
        request(SoundDriver.words(SndWire.R_PCM_START, 0));
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        booted(slots).drain(PATIENCE_NANOS);
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        start();
        TxSlots to = booted(slots);
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= MESSAGE_BYTES) {
            if (!bus().await(() -> !to.full(), PATIENCE_NANOS)) {
                throw new GuestTroubleException(true, "no message came back");
            }
            to.send(sound.next(MESSAGE_BYTES));
            bus().ram().put64(stack, OTHER_VARIABLE); // the function has returned
        }
    }

    @Override
    public void stop() {
        // it only hands over no more
    }
}
