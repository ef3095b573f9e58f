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
 * SlateOS: VERSION_1, all four queues without interrupts, everything is looked for. Its pump keeps three messages of 4,096
 * bytes in flight, which lie in one piece of memory one behind the other; silence is queued before START. It stops without
 * waiting for them, releases, and takes back what comes within a hundred thousand looks. The older version names 16-bit
 * frames at 48 kHz by the wrong numbers, format 2 and rate 6, which are A-law and 44.1 kHz. Not known and chosen here: how
 * often the pump looks.
 */
final class SlateOs extends PciFamilyDriver {
    private static final long CONTROL_PATIENCE_NANOS = 40_000_000L; // a million looks
    private static final long RELEASE_PATIENCE_NANOS = 4_000_000L; // a hundred thousand
    private static final long LOOK_NANOS = 10_000_000L;
    private static final long NO_SOUND_NANOS = 2_000_000_000L;
    private static final int SLOTS = 3;
    private static final int SLOT_BYTES = 4112;
    private static final int MAX_STREAMS = 8;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(1024, 3 * 1024);
    private static final int A_LAW = 2;

    private final boolean wrongNumbers;
    private final BufferList chain = new BufferList();
    private final boolean[] pending = new boolean[SLOTS];
    private @Nullable ControlRoundTrip control;
    private @Nullable DriverQueue tx;
    private long slots;
    private boolean running;

    private SlateOs(Bus bus, boolean wrongNumbers) {
        super(bus);
        this.wrongNumbers = wrongNumbers;
    }

    /** As it is now. */
    static SlateOs withPump(Bus bus) {
        return new SlateOs(bus, false);
    }

    /** As it was before its numbers were looked up. */
    static SlateOs withWrongNumbers(Bus bus) {
        return new SlateOs(bus, true);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        card.deviceFeatures(0);
        int high = card.deviceFeatures(1) & 1;
        card.driverFeatures(0, 0);
        card.driverFeatures(1, high);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "the device refuses the features");
        }
        card.config(0, 4);
        int streams = (int) card.config(4, 4);
        card.config(8, 4);
        if (card.common(VirtioPciCommonCfg.NUM_QUEUES, 2) < 4) {
            throw new GuestTroubleException(false, "the device has fewer than four queues");
        }
        DriverQueue requests = silentQueue(SndWire.CONTROL_QUEUE);
        silentQueue(SndWire.EVENT_QUEUE);
        tx = silentQueue(SndWire.TX_QUEUE);
        silentQueue(SndWire.RX_QUEUE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        control = new ControlRoundTrip(bus(), card, requests, memory());
        slots = memory().take(SLOTS * SLOT_BYTES);
        int count = Math.min(streams, MAX_STREAMS);
        request(
                "PCM_INFO",
                SoundDriver.words(SndWire.R_PCM_INFO, 0, count, SndWire.PCM_INFO_BYTES),
                4 + count * SndWire.PCM_INFO_BYTES);
    }

    private DriverQueue silentQueue(int index) {
        DriverQueue queue = queue(index, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue.suppressInterrupts(true);
        return queue;
    }

    private void request(String what, byte[] bytes, int room) {
        ControlRoundTrip requests = booted(control);
        if (!requests.request(bytes, CONTROL_PATIENCE_NANOS, room)) {
            throw new GuestTroubleException(false, what + " timed out");
        }
        if (requests.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(
                    false, what + " failed: status 0x" + Integer.toHexString(requests.reply32(0)));
        }
    }

    private void start() {
        request(
                "SET_PARAMS",
                SoundDriver.setParamsRequest(
                        0,
                        SETUP.bufferBytes(),
                        SETUP.periodBytes(),
                        0,
                        SETUP.channels(),
                        wrongNumbers ? A_LAW : SETUP.format(),
                        wrongNumbers ? SndWire.RATE_44100 : SETUP.rate()),
                4);
        request("PREPARE", SoundDriver.words(SndWire.R_PCM_PREPARE, 0), 4);
        for (int slot = 0; slot < SLOTS; slot++) {
            send(slot, new byte[SETUP.periodBytes()]);
        }
        pci().notifyQueue(SndWire.TX_QUEUE);
        request("START", SoundDriver.words(SndWire.R_PCM_START, 0), 4);
        running = true;
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        // the mixer has nothing left: silence, until the last of the sound has come back
        for (int sent = 0; sent < SLOTS; ) {
            sent += pump(bytes -> new byte[bytes], SLOTS - sent);
        }
        stop();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        start();
        for (long left = SETUP.bytesOf(nanos); left > 0; ) {
            left -= (long) pump(sound, SLOTS) * SETUP.periodBytes();
        }
    }

    /** The pump looks until it can send something: takes back what was played, fills those slots again. */
    private int pump(SoundToPlay sound, int atMost) {
        for (long waited = 0; waited < NO_SOUND_NANOS; waited += LOOK_NANOS) {
            bus().pass(LOOK_NANOS);
            takeBack();
            int sent = 0;
            for (int slot = 0; slot < SLOTS && sent < atMost; slot++) {
                if (!pending[slot]) {
                    send(slot, sound.next(SETUP.periodBytes()));
                    sent++;
                }
            }
            if (sent == SLOTS) {
                counts().countGap();
            }
            if (sent > 0) {
                pci().notifyQueue(SndWire.TX_QUEUE);
                return sent;
            }
        }
        throw new GuestTroubleException(false, "nothing was played for 2 s");
    }

    private void send(int slot, byte[] frames) {
        long at = slots + (long) slot * SLOT_BYTES;
        bus().ram().put32(at, 0); // stream 0
        bus().ram().write(at + 4, frames);
        bus().ram().put64(at + 4 + frames.length, 0);
        chain.clear()
                .readable(at, 4)
                .readable(at + 4, frames.length)
                .writable(at + 4 + frames.length, SndWire.STATUS_BYTES);
        if (!booted(tx).add(chain, slot)) {
            throw new GuestTroubleException(false, "the tx queue is full");
        }
        pending[slot] = true;
        counts().countSent();
    }

    private void takeBack() {
        booted(tx).poll((slot, length) -> {
            pending[slot] = false;
            long status = slots + (long) slot * SLOT_BYTES + 4 + SETUP.periodBytes();
            counts().countBack(
                            bus().ram().get32(status),
                            SETUP.nanosOf(bus().ram().get32(status + 4) / SETUP.frameBytes()));
        });
    }

    private boolean isIdle() {
        takeBack();
        for (boolean one : pending) {
            if (one) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void stop() {
        if (!running) {
            return;
        }
        running = false;
        request("STOP", SoundDriver.words(SndWire.R_PCM_STOP, 0), 4);
        request("RELEASE", SoundDriver.words(SndWire.R_PCM_RELEASE, 0), 4);
        if (!bus().await(this::isIdle, RELEASE_PATIENCE_NANOS)) {
            counts().countLost();
            throw new GuestTroubleException(false, "the device keeps a message after RELEASE");
        }
    }
}
