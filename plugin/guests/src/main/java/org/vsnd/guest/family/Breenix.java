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
 * Breenix: no features, control and tx queue only, no PCM_INFO: it takes stream 0 for an output and sets it up at the
 * first sound. One message of at most 16,384 bytes at a time, waited for by INTx for 5 s. It never stops a stream and never
 * releases it. Not known and chosen here: 48 kHz, buffer and period.
 */
final class Breenix implements FamilyDriver {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int MESSAGE_BYTES = 16384;
    private static final int STATUS_AT = 16; // of the page that begins with the header
    private static final StreamSetup SETUP = StreamSetup.s16At48k(MESSAGE_BYTES / 4, MESSAGE_BYTES / 2);

    private final Bus bus;
    private final GuestPages memory;
    private final DriverCounts counts = new DriverCounts();
    private final BufferList chain = new BufferList();
    private @Nullable ModernPci pci;
    private @Nullable ControlRoundTrip control;
    private @Nullable DriverQueue tx;
    private long frames; // a page for the header and the status, then the data
    private boolean started;
    private boolean pending;

    Breenix(Bus bus) {
        this.bus = bus;
        memory = new GuestPages(bus);
    }

    @Override
    public void boot() {
        ModernPci card = new ModernPci(bus, memory);
        pci = card;
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        card.enableIntx();
        DriverQueue requests = queue(card, SndWire.CONTROL_QUEUE);
        tx = queue(card, SndWire.TX_QUEUE);
        control = new ControlRoundTrip(bus, card, requests, memory);
        frames = memory.take(GuestPages.PAGE + MESSAGE_BYTES);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
    }

    private static DriverQueue queue(ModernPci card, int index) {
        int size = card.queueSize(index);
        if (size == 0) {
            throw new GuestTroubleException(false, "queue " + index + " is missing");
        }
        return card.enableQueue(index, size, ModernPci.NO_VECTOR, false, false);
    }

    /** Its interrupt handler reads the ISR register and wakes whoever waits. */
    private boolean interrupted(ModernPci card) {
        return bus.intxAsserted() && (card.isr() & 1) != 0;
    }

    private void request(byte... bytes) {
        ModernPci card = booted();
        if (control == null || !control.request(bytes, PATIENCE_NANOS, () -> interrupted(card), SndWire.STATUS_BYTES)) {
            throw new GuestTroubleException(false, "a control request was not answered within 5 s");
        }
        if (control.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(
                    false, "a control request was answered 0x" + Integer.toHexString(control.reply32(0)));
        }
    }

    private ModernPci booted() {
        if (pci == null) {
            throw new IllegalStateException("not booted");
        }
        return pci;
    }

    private void start() {
        if (started) {
            return;
        }
        request(SoundDriver.setParamsRequest(
                0, SETUP.bufferBytes(), SETUP.periodBytes(), 0, SETUP.channels(), SETUP.format(), SETUP.rate()));
        request(SoundDriver.words(SndWire.R_PCM_PREPARE, 0));
        request(SoundDriver.words(SndWire.R_PCM_START, 0));
        started = true;
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        begin(sound, nanos);
        awaitBack();
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        start();
        long bytes = nanos / 1_000_000 * SETUP.rateHz() / 1000 * SETUP.frameBytes();
        for (long left = bytes; left > 0; left -= MESSAGE_BYTES) {
            awaitBack();
            send(sound.next((int) Math.min(left, MESSAGE_BYTES)));
        }
    }

    private void send(byte[] bytes) {
        DriverQueue queue = tx;
        if (queue == null) {
            throw new IllegalStateException("not booted");
        }
        bus.ram().put32(frames, 0); // stream 0
        bus.ram().put64(frames + STATUS_AT, 0);
        bus.ram().write(frames + GuestPages.PAGE, bytes);
        chain.clear()
                .readable(frames, 4)
                .readable(frames + GuestPages.PAGE, bytes.length)
                .writable(frames + STATUS_AT, SndWire.STATUS_BYTES);
        if (!queue.add(chain, 0)) {
            throw new GuestTroubleException(false, "the tx queue is full");
        }
        pending = true;
        counts.countSent();
        booted().notifyQueue(SndWire.TX_QUEUE);
    }

    private void awaitBack() {
        DriverQueue queue = tx;
        if (!pending || queue == null) {
            return;
        }
        ModernPci card = booted();
        if (!bus.await(() -> interrupted(card) && queue.poll((token, length) -> pending = false) > 0, PATIENCE_NANOS)) {
            counts.countLost();
            throw new GuestTroubleException(false, "a message was not played within 5 s");
        }
        int latencyBytes = bus.ram().get32(frames + STATUS_AT + 4);
        counts.countBack(bus.ram().get32(frames + STATUS_AT), SETUP.nanosOf(latencyBytes / SETUP.frameBytes()));
    }

    @Override
    public void stop() {
        // it only hands over no more
    }

    @Override
    public void close() {
        booted().reset();
        memory.freeAll();
    }

    @Override
    public DriverCounts counts() {
        return counts;
    }

    @Override
    public GuestPages memory() {
        return memory;
    }
}
