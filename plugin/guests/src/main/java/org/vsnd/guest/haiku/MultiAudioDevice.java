// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.SndWire;

/** The driver's multi_audio side: global format, buffers, exchange, force stop. */
final class MultiAudioDevice {
    private final HaikuKernel kernel;
    private final List<HaikuPcmStream> streams;
    private final DmaBuffers tx;
    private final DmaBuffers rx;
    private final StreamExchange one;
    private final MultiBufferInfo own = new MultiBufferInfo();

    MultiAudioDevice(HaikuKernel kernel, HaikuVirtioDevice virtio, List<HaikuPcmStream> streams) {
        this.kernel = kernel;
        this.streams = streams;
        tx = new DmaBuffers(kernel, virtio.queue(SndWire.TX_QUEUE), "virtio_snd tx buffer");
        rx = new DmaBuffers(kernel, virtio.queue(SndWire.RX_QUEUE), "virtio_snd rx buffer");
        one = new StreamExchange(kernel, tx, rx);
    }

    /** The first stream of a direction; if there is none, by mistake, the last of the other. */
    HaikuPcmStream stream(boolean output) {
        for (HaikuPcmStream stream : streams) {
            if (stream.isOutput == output) {
                return stream;
            }
        }
        return streams.get(streams.size() - 1);
    }

    /** Guest-physical address of the first playback buffer. */
    long playbackAddress() {
        return tx.address();
    }

    /** Guest-physical address of the first record buffer. */
    long recordAddress() {
        return rx.address();
    }

    /** B_MULTI_SET_GLOBAL_FORMAT. User space is told of no failure. */
    void setGlobalFormat(@Nullable SampleFormat format, int rateHz) {
        for (boolean output : new boolean[] {true, false}) {
            HaikuPcmStream stream = stream(output);
            if (format == null || !format.isIn(stream.formats) || !SampleRates.isIn(stream.rates, rateHz)) {
                return;
            }
            stream.format = format;
            stream.rateHz = rateHz;
            stream.periodBytes = stream.channels * format.sampleBytes() * HaikuPcmStream.FRAMES_PER_BUFFER;
            if (stream.state == HaikuPcmStream.State.START) {
                stream.stop();
            }
            if (stream.state == HaikuPcmStream.State.STOP) {
                stream.release();
            }
            if (!stream.setParams(format)) {
                return;
            }
        }
    }

    /**
     * B_MULTI_GET_BUFFERS.
     *
     * @return false if the device refuses, or if no format was ever set
     */
    boolean getBuffers() {
        for (boolean output : new boolean[] {true, false}) {
            HaikuPcmStream stream = stream(output);
            if (stream.periodBytes == 0) {
                return false;
            }
            DmaBuffers buffers = output ? tx : rx;
            buffers.allocate(stream.periodBytes * HaikuPcmStream.BUFFERS);
            if (output) {
                tx.semaphore = kernel.semaphores().create(1, "virtio_sound tx_sem"); // rx never gets one
            }
            if (!stream.prepare()) {
                return false;
            }
        }
        return true;
    }

    /**
     * B_MULTI_BUFFER_EXCHANGE: one playback buffer, then one record buffer.
     *
     * @return false, with {@code info} as it was, if the device reports an error
     */
    boolean bufferExchange(MultiBufferInfo info) {
        HaikuPcmStream playback = stream(true);
        HaikuPcmStream record = stream(false);
        one.startUnlessStarted(playback);
        one.startUnlessStarted(record);
        kernel.acquire(tx.semaphore);
        if (!one.exchange(playback)) {
            return false;
        }
        own.playback.set(playback);
        kernel.acquire(rx.semaphore);
        if (!one.exchange(record)) {
            return false;
        }
        own.record.set(record);
        info.set(own);
        return true;
    }

    /** B_MULTI_BUFFER_FORCE_STOP: stops what runs and takes buffers and semaphores away, number 0 among them. */
    void forceStop() {
        if (!stopWhenDone(stream(true), tx) || !stopWhenDone(stream(false), rx)) {
            return;
        }
        tx.unmap();
        rx.unmap();
        kernel.semaphores().delete(tx.semaphore);
        kernel.semaphores().delete(rx.semaphore);
    }

    private boolean stopWhenDone(HaikuPcmStream stream, DmaBuffers buffers) {
        if (stream.state != HaikuPcmStream.State.START) {
            return true;
        }
        kernel.acquire(buffers.semaphore);
        if (!stream.stop()) {
            return false;
        }
        kernel.semaphores().release(buffers.semaphore);
        return true;
    }

    /** The driver's pointers to its buffers, which outlive a close where the driver does. */
    void remember(MultiAudioDevice earlier) {
        tx.remember(earlier.tx.mapped());
        rx.remember(earlier.rx.mapped());
    }

    /** At the end, in the driver's order. */
    void deleteBuffers() {
        tx.deleteArea();
        rx.deleteArea();
    }
}
