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
 * The system that runs gbemu: no features, four queues. It leaves 32 bytes for a reply of 36, and sends PREPARE and START
 * without their stream, which no device can grant; it looks at no status. Then it sends two messages of 735 frames, and
 * from its interrupt handler the next one for each that comes back, whatever its status. It has no STOP.
 */
final class GbemuOs extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final int MESSAGES = 2;
    private static final StreamSetup SETUP =
            new StreamSetup(SndWire.FMT_S16, SndWire.RATE_44100, 2, 735, MESSAGES * 735);

    private @Nullable ControlRoundTrip control;
    private @Nullable MessageSlots messages;

    GbemuOs(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        card.driverFeatures(0, 0);
        card.enableIntx();
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue(SndWire.EVENT_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue(SndWire.RX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        control = new ControlRoundTrip(bus(), card, requests, memory());
        messages = new MessageSlots(this, tx, SETUP, 0, MESSAGES, SETUP.periodBytes());
        request(SoundDriver.words(SndWire.R_PCM_INFO, 0, 1, SndWire.PCM_INFO_BYTES), SndWire.PCM_INFO_BYTES);
        request(SoundDriver.setParamsRequest(0, SETUP, 0), 4);
        request(SoundDriver.words(SndWire.R_PCM_PREPARE), 4);
        request(SoundDriver.words(SndWire.R_PCM_START), 4);
    }

    private void request(byte[] bytes, int room) {
        if (!booted(control).request(bytes, PATIENCE_NANOS, room)) {
            throw new GuestTroubleException(false, "a request was not answered within a second");
        }
    }

    /** Its interrupt handler. */
    private boolean isBack() {
        return bus().intxAsserted()
                && (pci().isr() & 1) != 0
                && booted(messages).takeBack() > 0;
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        MessageSlots slots = booted(messages);
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= SETUP.periodBytes()) {
            int slot = slots.nextFree();
            if (slot < 0 && !bus().await(this::isBack, PATIENCE_NANOS)) {
                throw new GuestTroubleException(false, "messages do not come back");
            }
            slots.play(slot < 0 ? slots.nextFree() : slot, true, sound.next(SETUP.periodBytes()));
            pci().kick(slots.queue());
        }
        if (counts().refused() == counts().back()) {
            throw new GuestTroubleException(false, "every message was refused, and the driver does not notice");
        }
    }

    @Override
    public void stop() {}
}
