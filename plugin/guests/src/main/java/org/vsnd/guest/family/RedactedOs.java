// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.driver.PcmInfo;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * RedactedOS: takes every feature below bit 32 and none above, whatever it means. Its queues are the device's size, but it
 * counts on 128: it makes 128 event buffers available, one notification each. Every notification has the value 0. One MSI-X
 * vector, for the control queue. It waits without limit for answers, wants FLOAT at 44.1 kHz of every stream, and sets each
 * one up with one period in the buffer, whatever is answered. It has no messages yet, so there is no sound.
 */
final class RedactedOs extends PciFamilyDriver {
    private static final long FOR_EVER_NANOS = 60_000_000_000L;
    private static final int EVENTS = 128;
    private static final int EVENT_BYTES = 8;
    private static final int EVENT_PITCH = 64;
    private static final int DESC_F_WRITE = 2;
    private static final int FRAMES = 441;
    private static final int FRAME_BYTES = 4; // of one channel

    private @Nullable ControlRoundTrip control;

    RedactedOs(Bus bus) {
        super(bus);
    }

    @Override
    public void boot() {
        ModernPci card = probe();
        card.enableMsix(1);
        card.reset();
        card.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER);
        card.driverFeatures(0, card.deviceFeatures(0));
        card.status(card.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((card.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0) {
            throw new GuestTroubleException(false, "failed to negotiate features");
        }
        DriverQueue requests = queue(SndWire.CONTROL_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        long rings = eventQueue(card);
        queue(SndWire.TX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        queue(SndWire.RX_QUEUE, Integer.MAX_VALUE, ModernPci.NO_VECTOR);
        card.status(card.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        addEvents(card, rings);
        card.common(VirtioPciCommonCfg.QUEUE_SELECT, 2, SndWire.CONTROL_QUEUE);
        card.common(VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2, 0);
        if (card.common(VirtioPciCommonCfg.QUEUE_MSIX_VECTOR, 2) != 0) {
            throw new GuestTroubleException(false, "failed to set up interrupts");
        }
        control = new ControlRoundTrip(bus(), card, requests, memory());
        configure((int) card.config(4, 4));
    }

    /** A page for each ring; the descriptor table is longer than the queue. */
    private long eventQueue(ModernPci card) {
        long rings = memory().take(3 * GuestPages.PAGE);
        int size = card.queueSize(SndWire.EVENT_QUEUE);
        card.common(VirtioPciCommonCfg.QUEUE_SIZE, 2, size);
        card.address(VirtioPciCommonCfg.QUEUE_DESC, rings);
        card.address(VirtioPciCommonCfg.QUEUE_DRIVER, rings + GuestPages.PAGE);
        card.address(VirtioPciCommonCfg.QUEUE_DEVICE, rings + 2 * GuestPages.PAGE);
        bus().guard().offer(rings, 3 * GuestPages.PAGE, true);
        card.common(VirtioPciCommonCfg.QUEUE_ENABLE, 2, 1);
        return rings;
    }

    private void addEvents(ModernPci card, long desc) {
        GuestRam ram = bus().ram();
        long avail = desc + GuestPages.PAGE;
        long buffers = memory().take(EVENTS * EVENT_PITCH);
        bus().guard().offer(buffers, EVENTS * EVENT_PITCH, true);
        for (int i = 0; i < EVENTS; i++) {
            ram.put64(desc + 16L * i, buffers + (long) EVENT_PITCH * i);
            ram.put32(desc + 16L * i + 8, EVENT_BYTES);
            ram.put16(desc + 16L * i + 12, DESC_F_WRITE);
            ram.put16(avail + 4 + 2L * i, i);
            ram.put16(avail + 2, i + 1);
            card.notifyQueue(SndWire.EVENT_QUEUE, 0);
        }
    }

    private void request(byte[] bytes, int room) {
        if (!booted(control).request(bytes, FOR_EVER_NANOS, room)) {
            throw new GuestTroubleException(true, "a control request is never answered");
        }
    }

    private void configure(int streams) {
        int room = 4 + streams * SndWire.PCM_INFO_BYTES;
        request(SoundDriver.words(SndWire.R_PCM_INFO, 0, streams, SndWire.PCM_INFO_BYTES), room);
        ByteBuffer infos = ByteBuffer.wrap(booted(control).reply(0, room)).order(ByteOrder.LITTLE_ENDIAN);
        int channels = PcmInfo.decode(infos, 4).channelsMax(); // of the first stream, for all
        for (int i = 0; i < streams; i++) {
            PcmInfo info = PcmInfo.decode(infos, 4 + i * SndWire.PCM_INFO_BYTES);
            if ((info.formats() & (1L << SndWire.FMT_FLOAT)) == 0 || (info.rates() & (1L << SndWire.RATE_44100)) == 0) {
                throw new GuestTroubleException(false, "a stream has no 32-bit floats at 44.1 kHz");
            }
            int bytes = FRAMES * FRAME_BYTES * channels;
            request(
                    SoundDriver.setParamsRequest(i, bytes, bytes, 0, channels, SndWire.FMT_FLOAT, SndWire.RATE_44100),
                    4);
        }
    }

    @Override
    public void play(SoundToPlay sound, long nanos) {
        throw new GuestTroubleException(false, "the driver has no messages yet");
    }

    @Override
    public void begin(SoundToPlay sound, long nanos) {
        play(sound, nanos);
    }

    @Override
    public void stop() {}
}
