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
 * ArrOSt: no features, a control queue of 8 and a tx queue of 32, everything looked for. It asks, prepares and starts
 * <em>before DRIVER_OK</em>. In its PCM_INFO the information comes first and the status last, so it reads everything shifted by
 * four bytes and a status of 0, which it takes for success; no stream fits, and it falls back to stream 0, 44.1 kHz, stereo. Up to
 * ten messages of up to 1,024 frames, of any number of frames. STOP and START, never RELEASE. Not known and chosen here: how
 * long two million looks take, and that a sound that ends is not stopped.
 */
final class ArrOst extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 100_000_000L; // two million looks
    private static final int CONTROL_SIZE = 8;
    private static final int TX_SIZE = 32;
    private static final int SLOTS = 10;
    private static final int MESSAGE_FRAMES = 1024;
    private static final StreamSetup SETUP =
            new StreamSetup(SndWire.FMT_S16, SndWire.RATE_44100, 2, MESSAGE_FRAMES, 8 * MESSAGE_FRAMES);
    /** Its users play what they have: also single frames. */
    private static final int[] SIZES_FRAMES = {MESSAGE_FRAMES, 441, MESSAGE_FRAMES, 1, MESSAGE_FRAMES};

    private static final int SLOT_BYTES = 2 * GuestPages.PAGE; // header and status have a page of their own

    private @Nullable PolledRequests control;
    private @Nullable TxSlots slots;
    private boolean stopped;

    ArrOst(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.status(0);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        card.driverFeatures(0, 0);
        card.driverFeatures(1, 0);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw failed(card, "the device refuses no features");
        }
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, CONTROL_SIZE, ModernPci.NO_VECTOR);
        DriverQueue tx = queue(SndWire.TX_QUEUE, TX_SIZE, ModernPci.NO_VECTOR);
        int streams = (int) (card.config(0, 8) >>> 32); // a copy of the whole structure
        card.config(8, 4);
        ControlRoundTrip round = new ControlRoundTrip(bus(), card, requests, memory());
        PolledRequests polled = new PolledRequests(round, PATIENCE_NANOS);
        control = polled;
        int infoBytes = streams * SndWire.PCM_INFO_BYTES;
        try {
            polled.answered(
                    "PCM_INFO",
                    SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES),
                    infoBytes,
                    4);
            int status = round.reply32(infoBytes);
            if (status != 0 && status != SndWire.S_OK) {
                throw new GuestTroubleException(false, "PCM_INFO was answered 0x" + Integer.toHexString(status));
            }
            polled.setParams(0, SETUP);
            polled.prepare(0);
            polled.start(0);
        } catch (GuestTroubleException e) {
            throw failed(card, String.valueOf(e.getMessage()));
        }
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
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

    private static GuestTroubleException failed(ModernPci card, String why) {
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FAILED);
        return new GuestTroubleException(false, why);
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        booted(slots).drain(PolledRequests.FOR_EVER);
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        if (stopped) {
            booted(control).start(0);
            stopped = false;
        }
        long left = SETUP.bytesOf(nanos);
        for (int i = 0; left > 0; i++) {
            int most = SIZES_FRAMES[i % SIZES_FRAMES.length] * SETUP.frameBytes();
            booted(slots).sendAll(sound, Math.min(left, most), most, PolledRequests.FOR_EVER);
            left -= Math.min(left, most);
        }
    }

    @Override
    public void stop() {
        booted(control).stop(0);
        stopped = true;
    }

    @Override
    public void close() {
        // it never goes
    }
}
