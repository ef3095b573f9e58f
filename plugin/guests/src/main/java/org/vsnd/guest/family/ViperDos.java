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
    private final BufferList chain = new BufferList();
    private @Nullable ControlRoundTrip control;
    private @Nullable DriverQueue tx;
    private long frames; // 16 KiB: the header, then the frames
    private long status;
    private int stream;
    private boolean pending;
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
        tx = queue(SndWire.TX_QUEUE, 64, ModernPci.NO_VECTOR);
        control = new ControlRoundTrip(bus(), card, requests, memory());
        frames = memory().take(16384);
        status = memory().take(GuestPages.PAGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        findOutput(streams);
    }

    private void findOutput(int streams) {
        int count = Math.min(streams, 8);
        request(
                "PCM_INFO",
                SoundDriver.words(SndWire.R_PCM_INFO, 0, count, SndWire.PCM_INFO_BYTES),
                4 + count * SndWire.PCM_INFO_BYTES);
        for (int i = count - 1; i >= 0; i--) {
            byte direction = booted(control).reply(4 + i * SndWire.PCM_INFO_BYTES + 24, 1)[0];
            stream = direction == 0 ? i : stream;
        }
    }

    private void request(String what, byte[] bytes, int room) {
        ControlRoundTrip requests = booted(control);
        if (!requests.request(bytes, patienceNanos, room)) {
            throw new GuestTroubleException(false, what + ": control command timeout");
        }
        if (requests.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(
                    false, what + " was answered 0x" + Integer.toHexString(requests.reply32(0)));
        }
    }

    private void command(String what, int code) {
        request(what, SoundDriver.words(code, stream), 4);
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        awaitBack();
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        request(
                "SET_PARAMS",
                SoundDriver.setParamsRequest(
                        stream,
                        SETUP.bufferBytes(),
                        SETUP.periodBytes(),
                        0,
                        SETUP.channels(),
                        SETUP.format(),
                        SETUP.rate()),
                4);
        command("PREPARE", SndWire.R_PCM_PREPARE);
        command("START", SndWire.R_PCM_START);
        running = true;
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= MIXER_BYTES) {
            awaitBack();
            send(sound.next(MIXER_BYTES));
        }
    }

    private void send(byte... bytes) {
        bus().ram().put32(frames, stream);
        bus().ram().write(frames + 4, bytes);
        chain.clear().readable(frames, 4 + bytes.length).writable(status, SndWire.STATUS_BYTES);
        if (!booted(tx).add(chain, 0)) {
            throw new GuestTroubleException(false, "no descriptors are left");
        }
        pending = true;
        counts().countSent();
        pci().kick(booted(tx));
    }

    private void awaitBack() {
        if (!pending) {
            return;
        }
        if (!bus().await(this::isBack, patienceNanos)) {
            counts().countLost();
            throw new GuestTroubleException(false, "a message was not played within a million looks");
        }
    }

    private boolean isBack() {
        booted(tx).poll((token, length) -> {
            pending = false;
            counts().countBack(
                            bus().ram().get32(status),
                            SETUP.nanosOf(bus().ram().get32(status + 4) / SETUP.frameBytes()));
        });
        return !pending;
    }

    @Override
    public void stop() {
        if (running) {
            running = false;
            command("STOP", SndWire.R_PCM_STOP);
            command("RELEASE", SndWire.R_PCM_RELEASE);
            isBack(); // what RELEASE has returned
        }
    }
}
