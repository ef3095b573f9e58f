// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * ViperDOS: VERSION_1, control, event and tx queue, the event queue without buffers. SET_PARAMS with a buffer of 16,384
 * bytes and four periods, but one message at a time, of what the mixer has, 4,096 samples; header and frames are one
 * buffer. Every wait is a million looks, taken here for 300 ms where the processor is emulated and for 5 ms where it is
 * not. A program makes the calls for a stream as it likes; here in the usual order for each sound.
 */
final class ViperDos extends PciFamilyDriver {
    private static final long EMULATED_NANOS = 300_000_000L;
    private static final long FAST_NANOS = 5_000_000L;
    private static final int MIXER_BYTES = 8192;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(1024, 4096);

    private final long patienceNanos; // of a million looks
    private @Nullable PolledRequests control;
    private @Nullable MessageSlots message;
    private int stream;
    private boolean running;

    private ViperDos(Bus bus, long patienceNanos) {
        super(bus);
        this.patienceNanos = patienceNanos;
    }

    /** A million looks of an emulated processor. */
    static ViperDos onEmulatedProcessor(Bus bus) {
        return new ViperDos(bus, EMULATED_NANOS);
    }

    /** A million looks of a real one. */
    static ViperDos onFastProcessor(Bus bus) {
        return new ViperDos(bus, FAST_NANOS);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        card.config(0, 4);
        int streams = (int) card.config(4, 4);
        card.config(8, 4);
        card.driverFeatures(0, 0);
        card.driverFeatures(1, card.deviceFeatures(1) & 1);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "feature negotiation failed");
        }
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, 64, ModernPci.NO_VECTOR);
        queue(SndWire.EVENT_QUEUE, 16, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, 64, ModernPci.NO_VECTOR);
        PolledRequests polled =
                new PolledRequests(new ControlRoundTrip(bus(), card, requests, memory()), patienceNanos);
        control = polled;
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        int count = Math.min(streams, 8);
        stream = PolledRequests.first(polled.pcmInfos(count, 4 + count * SndWire.PCM_INFO_BYTES), true);
        message = new MessageSlots(this, tx, SETUP, stream, 1, MIXER_BYTES);
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        awaitBack();
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        PolledRequests requests = booted(control);
        requests.setParams(stream, SETUP);
        requests.prepare(stream);
        requests.start(stream);
        running = true;
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= MIXER_BYTES) {
            awaitBack();
            booted(message).play(0, false, sound.next(MIXER_BYTES));
            pci().kick(booted(message).queue());
        }
    }

    private void awaitBack() {
        MessageSlots slots = booted(message);
        if (!bus().await(() -> slots.inFlight() == 0 || slots.takeBack() > 0, patienceNanos)) {
            slots.giveUp();
            throw new GuestTroubleException(false, "a message was not played within a million looks");
        }
    }

    @Override
    public void stop() {
        if (running) {
            running = false;
            booted(control).stop(stream);
            booted(control).release(stream);
            booted(message).takeBack(); // what RELEASE has returned
        }
    }
}
