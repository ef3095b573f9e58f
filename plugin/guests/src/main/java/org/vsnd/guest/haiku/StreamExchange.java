// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.driver.SndWire;

/** The driver's way with one buffer of one stream: a header and a status from the stream's page, and the frames. */
final class StreamExchange {
    private static final int XFER_BYTES = 4;
    private static final int XFER_STRIDE = XFER_BYTES + SndWire.STATUS_BYTES;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private final HaikuKernel kernel;
    private final GuestRam ram;
    private final DmaBuffers tx;
    private final DmaBuffers rx;

    StreamExchange(HaikuKernel kernel, DmaBuffers tx, DmaBuffers rx) {
        this.kernel = kernel;
        ram = kernel.bus().ram();
        this.tx = tx;
        this.rx = rx;
    }

    /** Whether it works is not looked at: the buffer is sent in any case. */
    void startUnlessStarted(HaikuPcmStream stream) {
        if (stream.state == HaikuPcmStream.State.START) {
            return;
        }
        stream.bufferCycle = 0;
        stream.realTimeMicros = 0;
        stream.framesCount = 0;
        if (stream.transfers == null) {
            stream.transfers = kernel.createArea("virtio_snd xfer", AreaSpace.PAGE_BYTES);
            for (int i = 0; i < HaikuPcmStream.BUFFERS; i++) {
                ram.put32(stream.transfers.address() + (long) XFER_STRIDE * i, stream.id);
            }
        }
        if (!stream.start()) {
            kernel.deleteArea(stream.transfers);
            kernel.useAfterDelete(stream.transfers);
        }
    }

    /**
     * Sends the stream's next buffer and spins until it is used, never mind the stream's direction.
     *
     * @return whether the device says it went well
     */
    boolean exchange(HaikuPcmStream stream) {
        kernel.snoozeUntil(
                stream.realTimeMicros + (long) (MICROS_PER_SECOND / stream.rateHz) * HaikuPcmStream.FRAMES_PER_BUFFER);
        DmaBuffers buffers = stream.isOutput ? tx : rx;
        Area transfers = stream.transfers;
        if (transfers == null || !buffers.queue.isEmpty()) {
            return false;
        }
        long header = transfers.address() + (long) XFER_STRIDE * stream.bufferCycle;
        long status = header + XFER_BYTES;
        long data = buffers.address() + (long) stream.periodBytes * stream.bufferCycle;
        buffers.queue.readable(header, XFER_BYTES);
        if (stream.isOutput) {
            buffers.queue.readable(data, stream.periodBytes);
        } else {
            buffers.queue.writable(data, stream.periodBytes);
        }
        if (!buffers.queue.writable(status, SndWire.STATUS_BYTES).queueRequest()) {
            return false;
        }
        buffers.queue.spinForUsed();
        if (ram.get32(status) != SndWire.S_OK) {
            return false;
        }
        stream.realTimeNanos = kernel.bus().nanoTime();
        stream.realTimeMicros = kernel.systemTime();
        stream.framesCount += HaikuPcmStream.FRAMES_PER_BUFFER;
        stream.bufferCycle = (stream.bufferCycle + 1) % HaikuPcmStream.BUFFERS;
        return true;
    }
}
