// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.GuestRam;

/**
 * The media server's multi_audio node: chooses a format, exchanges buffers, fills the playback buffer that has just come
 * back and reads the record buffer after the one just filled. One thread, which it keeps for as long as an exchange takes.
 */
public final class MultiAudioNode implements AutoCloseable {
    private static final int NO_CYCLE = -1;

    private final HaikuSoundDriver driver;
    private final HaikuKernel kernel;
    private final GuestRam ram;
    private final MultiAudioDevice device;
    private final NodeSettings settings;
    private final PlaybackSource source;
    private final RecordedSink sink;
    private final MultiBufferInfo info = new MultiBufferInfo();
    private final List<BufferExchange> exchanges = new ArrayList<>();
    private int oldPlaybackCycle = NO_CYCLE;
    private int oldRecordCycle = NO_CYCLE;
    private ByteBuffer playback = ByteBuffer.allocate(0);
    private ByteBuffer record = ByteBuffer.allocate(0);
    private boolean started;
    private boolean stopped;

    /** A node for a device that was opened. */
    public MultiAudioNode(HaikuSoundDriver driver, NodeSettings settings, PlaybackSource source, RecordedSink sink) {
        this.driver = driver;
        this.settings = settings;
        this.source = source;
        this.sink = sink;
        kernel = driver.kernel();
        ram = kernel.bus().ram();
        device = driver.multiAudio();
    }

    /**
     * Sets the format and gets buffers, for the first time or after {@link #forceStop}. The streams start with the first
     * exchange.
     *
     * @throws DeviceFaultException if the device refuses
     */
    public void start() {
        if (stopped) {
            kernel.log().mark("restart");
        }
        HaikuPcmStream output = device.stream(true);
        SampleFormat format = settings.format();
        if (format == null) {
            format = SampleFormat.chosenFrom(output.formats);
        }
        int rateHz = settings.rateHz() == 0 ? SampleRates.highest(output.rates) : settings.rateHz();
        setUp(format, rateHz);
        started = true;
    }

    /**
     * The user changes format and rate. The streams start again with the next exchange.
     *
     * @throws DeviceFaultException if the device refuses
     */
    public void setFormat(SampleFormat format, int rateHz) {
        setUp(format, rateHz);
    }

    private void setUp(@Nullable SampleFormat format, int rateHz) {
        device.setGlobalFormat(format, rateHz);
        if (!device.getBuffers()) {
            throw new DeviceFaultException("the media server gets no buffers for " + format + " at " + rateHz + " Hz");
        }
        playback = ByteBuffer.allocate(device.stream(true).periodBytes).order(ByteOrder.LITTLE_ENDIAN);
        record = ByteBuffer.allocate(device.stream(false).periodBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Playback's format. */
    public @Nullable SampleFormat format() {
        return device.stream(true).format;
    }

    /** Playback's rate. */
    public int rateHz() {
        return device.stream(true).rateHz;
    }

    /** Bytes of a playback buffer. */
    public int periodBytes() {
        return device.stream(true).periodBytes;
    }

    /**
     * One exchange, what there is to do with its buffers, and the think time.
     *
     * @throws GuestHangsException if it would never end
     */
    public BufferExchange exchange() {
        if (!started) {
            throw new IllegalStateException("the node is not started");
        }
        kernel.log().mark("BUFFER_EXCHANGE");
        long start = kernel.bus().nanoTime();
        boolean ok = device.bufferExchange(info);
        BufferExchange exchange = new BufferExchange(
                ok,
                start,
                info.playback.realTimeNanos,
                info.record.realTimeNanos,
                info.playback.realTimeMicros,
                info.playback.framesCount,
                info.record.realTimeMicros,
                info.record.framesCount);
        exchanges.add(exchange);
        fillPlayback();
        readRecorded();
        if (settings.thinkNanos() > 0) {
            kernel.snooze(settings.thinkNanos());
        }
        return exchange;
    }

    /** This many exchanges. */
    public void exchange(int count) {
        for (int i = 0; i < count; i++) {
            exchange();
        }
    }

    private void fillPlayback() {
        if (info.playback.bufferCycle == oldPlaybackCycle) {
            return;
        }
        oldPlaybackCycle = info.playback.bufferCycle;
        int cycle = (info.playback.bufferCycle - 1 + HaikuPcmStream.BUFFERS) % HaikuPcmStream.BUFFERS;
        Arrays.fill(playback.array(), (byte) 0);
        source.fill(playback.clear());
        ram.write(device.playbackAddress() + (long) cycle * playback.capacity(), playback.array());
    }

    private void readRecorded() {
        if (info.record.bufferCycle == oldRecordCycle) {
            return;
        }
        oldRecordCycle = info.record.bufferCycle;
        long address = device.recordAddress() + (long) info.record.bufferCycle * record.capacity();
        ram.read(address, record.array(), 0, record.capacity());
        sink.take(record.clear());
    }

    /** All exchanges so far, also those before a stop or a change of format. */
    public List<BufferExchange> exchanges() {
        return Collections.unmodifiableList(exchanges);
    }

    /** The media server is busy elsewhere while the streams run. */
    public void pause(long nanos) {
        kernel.snooze(nanos);
    }

    /** Stops both streams and gives the buffers back; {@link #start} goes on. */
    public void forceStop() {
        device.forceStop();
        started = false;
        stopped = true;
    }

    /** Closes the device. */
    @Override
    public void close() {
        started = false;
        driver.close();
    }
}
