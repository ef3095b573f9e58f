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
 * nxu: VERSION_1 required and alone; control, event and tx queue. Requests without an interrupt, looked for for 2 s, and
 * answers are checked for their length. Sixteen pages, each with a message: header and 4080 bytes of sound in one descriptor,
 * the status in another at the page's end. Every sound is set up anew, begins when eight are queued, and at its end
 * the driver waits for all, another 120 ms, and sends STOP; RELEASE comes when the device is closed, after which its pages
 * are freed. Completions by the pin.
 */
final class Nxu extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 2_000_000_000L;
    private static final long DRAIN_TAIL_NANOS = 120_000_000L;
    private static final int SLOTS = 16;
    private static final int PREBUFFER = 8;
    private static final int DATA_AT = 4;
    private static final int STATUS_AT = 4088;
    private static final int PERIOD_BYTES = 4080;
    private static final int EVENT_BYTES = 8;
    private static final int CONTROL_SIZE = 8;
    private static final int EVENT_SIZE = 16;
    private static final int TX_SIZE = 64;
    private static final StreamSetup SETUP =
            new StreamSetup(SndWire.FMT_S16, SndWire.RATE_44100, 2, PERIOD_BYTES / 4, SLOTS * PERIOD_BYTES / 4);

    private final BufferList chain = new BufferList();
    private final long[] pages = new long[SLOTS]; // 0: not taken
    private final boolean[] queued = new boolean[SLOTS];
    private @Nullable ControlRoundTrip control;
    private @Nullable DriverQueue tx;
    private int inFlight;
    private boolean started;
    private boolean stopped;

    Nxu(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        if ((card.deviceFeatures(1) & 1) == 0) {
            throw new GuestTroubleException(false, "a legacy device");
        }
        card.driverFeatures(0, 0);
        card.driverFeatures(1, 1);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        card.enableIntx();
        int jacks = (int) card.config(0, 4);
        int streams = (int) card.config(4, 4);
        int chmaps = (int) card.config(8, 4);
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, CONTROL_SIZE, ModernPci.NO_VECTOR);
        requests.suppressInterrupts(true);
        DriverQueue events = queue(SndWire.EVENT_QUEUE, EVENT_SIZE, ModernPci.NO_VECTOR);
        tx = queue(SndWire.TX_QUEUE, TX_SIZE, ModernPci.NO_VECTOR);
        long buffers = memory().take(EVENT_SIZE * EVENT_BYTES);
        for (int i = 0; i < EVENT_SIZE; i++) {
            events.add(chain.clear().writable(buffers + (long) i * EVENT_BYTES, EVENT_BYTES), i);
        }
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        card.notifyQueue(SndWire.EVENT_QUEUE);
        control = new ControlRoundTrip(bus(), card, requests, memory());
        if (jacks > 0) {
            query(SndWire.R_JACK_INFO, jacks, SndWire.JACK_INFO_BYTES);
        }
        query(SndWire.R_PCM_INFO, streams, SndWire.PCM_INFO_BYTES);
        if (chmaps > 0) {
            query(SndWire.R_CHMAP_INFO, chmaps, SndWire.CHMAP_INFO_BYTES);
        }
    }

    private void query(int code, int count, int size) {
        int wanted = 4 + count * size;
        request("information", SoundDriver.words(code, 0, count, size), wanted);
        if (booted(control).usedLength() < wanted) {
            throw new GuestTroubleException(false, "information is cut short");
        }
    }

    private void request(String what, byte[] bytes, int room) {
        ControlRoundTrip requests = booted(control);
        if (!requests.request(bytes, PATIENCE_NANOS, room)) {
            throw new GuestTroubleException(false, what + " was not answered: the device is given up");
        }
        if (requests.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(
                    false, what + " was answered 0x" + Integer.toHexString(requests.reply32(0)));
        }
    }

    private void command(String what, int code) {
        request(what, SoundDriver.words(code, 0), 4);
    }

    private void configure() {
        request("SET_PARAMS", SoundDriver.setParamsRequest(0, SETUP, 0), 4);
        command("PREPARE", SndWire.R_PCM_PREPARE);
        for (int slot = 0; slot < SLOTS; slot++) {
            pages[slot] = memory().take(GuestPages.PAGE);
            bus().ram().put32(pages[slot], 0); // its stream, for good
        }
    }

    private void release() {
        if (started && !stopped) {
            command("STOP", SndWire.R_PCM_STOP);
        }
        started = false;
        stopped = false;
        command("RELEASE", SndWire.R_PCM_RELEASE);
        reap();
        if (inFlight > 0) {
            throw new GuestTroubleException(false, inFlight + " messages are still queued after RELEASE");
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            memory().free(pages[slot]);
        }
    }

    private boolean interrupted() {
        if (!bus().intxAsserted() || (pci().isr() & 1) == 0) {
            return false;
        }
        reap();
        return true;
    }

    private void reap() {
        booted(tx).poll((slot, length) -> {
            queued[slot] = false;
            inFlight--;
            int latencyBytes = bus().ram().get32(pages[slot] + STATUS_AT + 4);
            counts().countBack(
                            bus().ram().get32(pages[slot] + STATUS_AT),
                            SETUP.nanosOf(latencyBytes / SETUP.frameBytes()));
        });
    }

    private void sleepUntil(int most) {
        reap();
        while (inFlight > most) {
            if (!bus().await(this::interrupted, PolledRequests.FOR_EVER)) {
                throw new GuestTroubleException(true, "no interrupt");
            }
        }
    }

    private void submit(byte[] sound) {
        int slot = 0;
        while (queued[slot]) {
            slot++;
        }
        long page = pages[slot];
        bus().ram().write(page + DATA_AT, sound);
        bus().ram().put64(page + STATUS_AT, 0);
        chain.clear().readable(page, DATA_AT + sound.length).writable(page + STATUS_AT, SndWire.STATUS_BYTES);
        if (!booted(tx).add(chain, slot)) {
            throw new GuestTroubleException(false, "the tx queue is full");
        }
        queued[slot] = true;
        inFlight++;
        counts().countSent();
        pci().notifyQueue(SndWire.TX_QUEUE);
        if (!started && inFlight >= PREBUFFER) {
            startStream();
        }
    }

    private void startStream() {
        command("START", SndWire.R_PCM_START);
        started = true;
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        if (!started) {
            startStream();
        }
        sleepUntil(0);
        bus().pass(DRAIN_TAIL_NANOS);
        command("STOP", SndWire.R_PCM_STOP);
        stopped = true;
        release();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        configure();
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= PERIOD_BYTES) {
            sleepUntil(SLOTS - 1);
            submit(sound.next((int) Math.min(left, PERIOD_BYTES)));
        }
    }

    @Override
    public void stop() {
        release();
    }
}
