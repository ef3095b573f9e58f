package org.vsnd.it.haiku;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.it.driver.GuestRam;
import org.vsnd.it.driver.SndWire;

/** The driver's multi_audio side: global format, buffers, exchange, force stop. */
final class MultiAudioDevice {
    private static final int XFER_BYTES = 4;
    private static final int XFER_STRIDE = XFER_BYTES + SndWire.STATUS_BYTES;
    private static final int MICROS_PER_SECOND = 1_000_000;

    private final HaikuKernel kernel;
    private final GuestRam ram;
    private final List<PcmStream> streams;
    private final DmaBuffers tx;
    private final DmaBuffers rx;

    MultiAudioDevice(HaikuKernel kernel, HaikuVirtioDevice virtio, List<PcmStream> streams) {
        this.kernel = kernel;
        ram = kernel.bus().ram();
        this.streams = streams;
        tx = new DmaBuffers(kernel, virtio.queue(SndWire.TX_QUEUE), "virtio_snd tx buffer");
        rx = new DmaBuffers(kernel, virtio.queue(SndWire.RX_QUEUE), "virtio_snd rx buffer");
    }

    /** The first stream of a direction; if there is none, by mistake, the last of the other. */
    PcmStream stream(boolean output) {
        for (PcmStream stream : streams) {
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
            PcmStream stream = stream(output);
            if (format == null || !format.isIn(stream.formats) || !SampleRates.isIn(stream.rates, rateHz)) {
                return;
            }
            stream.format = format;
            stream.rateHz = rateHz;
            stream.periodBytes = stream.channels * format.sampleBytes() * PcmStream.FRAMES_PER_BUFFER;
            if (stream.state == PcmStream.State.START) {
                stream.stop();
            }
            if (stream.state == PcmStream.State.STOP) {
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
            PcmStream stream = stream(output);
            if (stream.periodBytes == 0) {
                return false;
            }
            DmaBuffers buffers = output ? tx : rx;
            buffers.allocate(stream.periodBytes * PcmStream.BUFFERS);
            if (output) {
                tx.semaphore = kernel.createSemaphore(1, "virtio_sound tx_sem"); // rx never gets one
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
     * @return false, with {@code info} as it was or half filled in, if the device reports an error
     */
    boolean bufferExchange(MultiBufferInfo info) {
        PcmStream playback = stream(true);
        PcmStream record = stream(false);
        startUnlessStarted(playback);
        startUnlessStarted(record);
        kernel.acquire(tx.semaphore);
        if (!exchange(playback)) {
            return false;
        }
        int playbackCycle = playback.bufferCycle;
        long playedMicros = playback.realTimeMicros;
        long playedNanos = playback.realTimeNanos;
        long playedFrames = playback.framesCount;
        kernel.acquire(rx.semaphore);
        if (!exchange(record)) {
            return false;
        }
        info.playbackBufferCycle = playbackCycle;
        info.playedRealTimeMicros = playedMicros;
        info.playedNanos = playedNanos;
        info.playedFramesCount = playedFrames;
        info.recordBufferCycle = record.bufferCycle;
        info.recordedRealTimeMicros = record.realTimeMicros;
        info.recordedNanos = record.realTimeNanos;
        info.recordedFramesCount = record.framesCount;
        return true;
    }

    /** Whether it works is not looked at: the buffer is sent in any case. */
    private void startUnlessStarted(PcmStream stream) {
        if (stream.state == PcmStream.State.START) {
            return;
        }
        stream.bufferCycle = 0;
        stream.realTimeMicros = 0;
        stream.framesCount = 0;
        if (stream.transfers == null) {
            stream.transfers = kernel.createArea("virtio_snd xfer", AreaSpace.PAGE_BYTES);
            for (int i = 0; i < PcmStream.BUFFERS; i++) {
                ram.put32(stream.transfers.address() + (long) XFER_STRIDE * i, stream.id);
            }
        }
        if (!stream.start()) {
            kernel.deleteArea(stream.transfers);
            kernel.useAfterDelete(stream.transfers);
        }
    }

    private boolean exchange(PcmStream stream) {
        kernel.snoozeUntil(
                stream.realTimeMicros + (long) (MICROS_PER_SECOND / stream.rateHz) * PcmStream.FRAMES_PER_BUFFER);
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
        stream.framesCount += PcmStream.FRAMES_PER_BUFFER;
        stream.bufferCycle = (stream.bufferCycle + 1) % PcmStream.BUFFERS;
        return true;
    }

    /** B_MULTI_BUFFER_FORCE_STOP: stops what runs and takes buffers and semaphores away, number 0 among them. */
    void forceStop() {
        if (!stopWhenDone(stream(true), tx) || !stopWhenDone(stream(false), rx)) {
            return;
        }
        tx.unmap();
        rx.unmap();
        kernel.deleteSemaphore(tx.semaphore);
        kernel.deleteSemaphore(rx.semaphore);
    }

    private boolean stopWhenDone(PcmStream stream, DmaBuffers buffers) {
        if (stream.state != PcmStream.State.START) {
            return true;
        }
        kernel.acquire(buffers.semaphore);
        if (!stream.stop()) {
            return false;
        }
        kernel.release(buffers.semaphore);
        return true;
    }

    /** At the end, in the driver's order. */
    void deleteBuffers() {
        tx.deleteArea();
        rx.deleteArea();
    }
}
