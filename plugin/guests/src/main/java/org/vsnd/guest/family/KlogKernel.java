// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * The hobby kernel that logs with KLOG: VERSION_1, control and tx queue only, MSI-X (INTx where there is none: chosen
 * here), PCM_INFO stream by stream. Prepares four periods of 480 frames of the 2 to 8 of 120 to 2,048 that it can, queues two or
 * more before START, and closes only when all messages are back, for which it waits without end; then STOP and RELEASE.
 */
final class KlogKernel extends PciFamilyDriver {
    private static final int VECTORS = 2;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 4 * 480);

    private @Nullable PolledRequests control;
    private @Nullable MessageSlots periods;
    private BooleanSupplier interrupted = () -> false;
    private long seen;
    private int stream = -1;
    private boolean prepared;
    private boolean started;

    KlogKernel(Bus bus) {
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
        boolean msix = card.msixVectors() >= VECTORS;
        if (msix) {
            card.enableMsix(VECTORS);
            seen = card.messages(1);
            interrupted = this::messageCame;
        } else {
            card.enableIntx();
            interrupted = () -> bus().intxAsserted() && (card.isr() & 1) != 0;
        }
        int vector = msix ? 1 : ModernPci.NO_VECTOR;
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, vector);
        DriverQueue tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, vector);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        PolledRequests polled =
                new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), PolledRequests.FOR_EVER);
        control = polled;
        int streams = (int) card.config(4, 4);
        for (int i = streams - 1; i >= 0; i--) {
            byte[] asked = SoundDriver.words(SndWire.R_PCM_INFO, i, 1, SndWire.PCM_INFO_BYTES);
            polled.ok("PCM_INFO", asked, 4 + SndWire.PCM_INFO_BYTES);
            stream = polled.reply(4 + 24, 1)[0] == 0 ? i : stream;
        }
        periods = new MessageSlots(this, tx, SETUP, stream, SETUP.periods(), SETUP.periodBytes());
    }

    private boolean messageCame() {
        long messages = pci().messages(1);
        boolean more = messages != seen;
        seen = messages;
        return more;
    }

    private void awaitBack() {
        MessageSlots slots = booted(periods);
        if (!bus().await(() -> interrupted.getAsBoolean() && slots.takeBack() > 0, PolledRequests.FOR_EVER)) {
            throw new GuestTroubleException(true, "periods never come back");
        }
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        PolledRequests requests = booted(control);
        requests.setParams(stream, SETUP);
        requests.prepare(stream);
        prepared = true;
        MessageSlots slots = booted(periods);
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= SETUP.periodBytes()) {
            int slot = slots.nextFree();
            while (slot < 0) {
                awaitBack();
                slot = slots.nextFree();
            }
            slots.play(slot, true, sound.next(SETUP.periodBytes()));
            pci().kick(slots.queue());
            if (!started && slots.inFlight() >= 2) {
                requests.start(stream);
                started = true;
            }
        }
    }

    /** Close, drop and drain are the same. */
    @Override
    public void stop() {
        if (!prepared) {
            return;
        }
        while (booted(periods).inFlight() > 0) {
            awaitBack();
        }
        if (started) {
            booted(control).stop(stream);
        }
        booted(control).release(stream);
        prepared = false;
        started = false;
    }
}
