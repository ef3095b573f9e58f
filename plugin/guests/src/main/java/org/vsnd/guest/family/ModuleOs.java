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
 * A hobby system whose drivers are modules: VERSION_1, four queues of 16 without vectors, one event buffer, PCM_INFO stream by
 * stream into 64 bytes. It promises four periods of 2,048 bytes and sends one message of that size at a time, looking for it
 * for up to 3 s. It stops and releases right after the last one.
 */
final class ModuleOs extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 3_000_000_000L;
    private static final int QUEUE_SIZE = 16;
    private static final int REPLY_BYTES = 64;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(512, 2048);

    private @Nullable ControlRoundTrip control;
    private @Nullable MessageSlots message;
    private int stream = -1;
    private boolean running;

    ModuleOs(Bus bus) {
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
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, QUEUE_SIZE, ModernPci.NO_VECTOR);
        DriverQueue events = queue(SndWire.EVENT_QUEUE, QUEUE_SIZE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, QUEUE_SIZE, ModernPci.NO_VECTOR);
        queue(SndWire.RX_QUEUE, QUEUE_SIZE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        events.add(new BufferList().writable(memory().take(GuestPages.PAGE), 8), 0);
        card.kick(events);
        control = new ControlRoundTrip(bus(), card, requests, memory());
        for (int i = (int) card.config(4, 4) - 1; i >= 0; i--) {
            request(SoundDriver.words(SndWire.R_PCM_INFO, i, 1, SndWire.PCM_INFO_BYTES));
            stream = booted(control).reply(4 + 24, 1)[0] == 0 ? i : stream;
        }
        message = new MessageSlots(this, tx, SETUP, stream, 1, SETUP.periodBytes());
    }

    private void request(byte... bytes) {
        ControlRoundTrip requests = booted(control);
        if (!requests.request(bytes, PATIENCE_NANOS, REPLY_BYTES)) {
            throw new GuestTroubleException(false, "a request was not answered within 3 s");
        }
        if (requests.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(
                    false, "a request was answered 0x" + Integer.toHexString(requests.reply32(0)));
        }
    }

    private void command(int code) {
        request(SoundDriver.words(code, stream));
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        awaitBack();
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        request(SoundDriver.setParamsRequest(stream, SETUP, 0));
        command(SndWire.R_PCM_PREPARE);
        command(SndWire.R_PCM_START);
        running = true;
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= SETUP.periodBytes()) {
            awaitBack();
            booted(message).play(0, true, sound.next(SETUP.periodBytes()));
            pci().kick(booted(message).queue());
        }
    }

    private void awaitBack() {
        MessageSlots slots = booted(message);
        if (!bus().await(() -> slots.inFlight() == 0 || slots.takeBack() > 0, PATIENCE_NANOS)) {
            slots.giveUp();
            throw new GuestTroubleException(false, "a message was not played within 3 s");
        }
    }

    @Override
    public void stop() {
        if (running) {
            running = false;
            command(SndWire.R_PCM_STOP);
            command(SndWire.R_PCM_RELEASE);
            booted(message).takeBack();
        }
    }
}
