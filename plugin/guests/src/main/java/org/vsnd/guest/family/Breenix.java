// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * Breenix: no features, control and tx queue only, no PCM_INFO: it takes stream 0 for an output and sets it up at the
 * first sound. One message of at most 16,384 bytes at a time, waited for by INTx for 5 s. It never stops a stream and never
 * releases it.
 */
final class Breenix extends PciFamilyDriver {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int MESSAGE_BYTES = 16384;
    private static final int STATUS_AT = 16; // of the page that begins with the header
    private static final StreamSetup SETUP =
            new StreamSetup(SndWire.FMT_S16, SndWire.RATE_44100, 2, MESSAGE_BYTES / 4, MESSAGE_BYTES / 2);

    private final BufferList chain = new BufferList();
    private @Nullable PolledRequests control;
    private @Nullable DriverQueue tx;
    private long message; // a page for the header and the status, then the frames
    private boolean started;
    private boolean pending;

    Breenix(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        card.enableIntx();
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        tx = queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        ControlRoundTrip round = new ControlRoundTrip(bus(), card, requests, memory());
        control = new PolledRequests(round, PATIENCE_NANOS, this::interrupted);
        message = memory().take(GuestPages.PAGE + MESSAGE_BYTES);
    }

    /** Its interrupt handler reads the ISR register and wakes whoever waits. */
    private boolean interrupted() {
        return bus().intxAsserted() && (pci().isr() & 1) != 0;
    }

    private void start() {
        if (started) {
            return;
        }
        PolledRequests requests = booted(control);
        requests.setParams(0, SETUP);
        requests.prepare(0);
        requests.start(0);
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
        for (long left = SETUP.bytesOf(nanos); left > 0; left -= MESSAGE_BYTES) {
            awaitBack();
            send(sound.next((int) Math.min(left, MESSAGE_BYTES)));
        }
    }

    private void send(byte... frames) {
        bus().ram().put32(message, 0); // stream 0
        bus().ram().put64(message + STATUS_AT, 0);
        bus().ram().write(message + GuestPages.PAGE, frames);
        chain.clear()
                .readable(message, 4)
                .readable(message + GuestPages.PAGE, frames.length)
                .writable(message + STATUS_AT, SndWire.STATUS_BYTES);
        if (!booted(tx).add(chain, 0)) {
            throw new GuestTroubleException(false, "the tx queue is full");
        }
        pending = true;
        counts().countSent();
        pci().notifyQueue(SndWire.TX_QUEUE);
    }

    private void awaitBack() {
        if (!pending) {
            return;
        }
        DriverQueue queue = booted(tx);
        if (!bus().await(() -> interrupted() && queue.poll((token, length) -> pending = false) > 0, PATIENCE_NANOS)) {
            counts().countLost();
            throw new GuestTroubleException(false, "a message was not played within 5 s");
        }
        counts().countBack(
                        bus().ram().get32(message + STATUS_AT),
                        SETUP.nanosOf(bus().ram().get32(message + STATUS_AT + 4) / SETUP.frameBytes()));
    }

    /** It only hands over no more. */
    @Override
    public void stop() {}
}
