// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * A stream as Linux runs it: several periods in flight, each handed over again as soon as it comes back. Playback sends
 * the {@link BytePattern}; recording keeps what came.
 */
public final class PeriodStream {
    private final SoundDriver driver;
    private final int stream;
    private final boolean output;
    private final StreamSetup setup;
    private final SoundMessage[] ring;
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private long[] completionNanos = new long[1024];
    private int[] latencyBytes = new int[1024];
    private int completions;
    private int next;
    private long bytesSent;
    private long sendLimit = Long.MAX_VALUE;
    private boolean resubmits = true;
    private boolean takesShort;
    private boolean writesContent = true;

    /** A stream with memory for its whole buffer. */
    public PeriodStream(SoundDriver driver, int stream, boolean output, StreamSetup setup) {
        this.driver = driver;
        this.stream = stream;
        this.output = output;
        this.setup = setup;
        ring = new SoundMessage[setup.periods()];
        for (int i = 0; i < ring.length; i++) {
            ring[i] = driver.message(stream, output, setup.periodBytes());
        }
    }

    /** SET_PARAMS, PREPARE, all periods queued. */
    public void prepare() {
        driver.open(stream, setup);
        fill();
    }

    /** SET_PARAMS, PREPARE, all periods queued, START. */
    public void start() {
        prepare();
        driver.commandOk(SndWire.R_PCM_START, stream);
    }

    /** STOP. */
    public void stop() {
        driver.commandOk(SndWire.R_PCM_STOP, stream);
    }

    /** START without PREPARE, as after a pause. */
    public void resume() {
        driver.commandOk(SndWire.R_PCM_START, stream);
    }

    /** RELEASE; then takes what came back. */
    public void release() {
        driver.commandOk(SndWire.R_PCM_RELEASE, stream);
        resubmits = false;
        driver.poll();
        collect();
        resubmits = true;
    }

    /** The card gives recordings back at STOP: they may be short. */
    public void takesShort() {
        takesShort = true;
    }

    /** Sends whatever is in memory, for long runs. */
    public void withoutContent() {
        writesContent = false;
    }

    /** Sends no more than this many bytes in all. */
    public void limitBytes(long bytes) {
        sendLimit = bytes;
    }

    /** Hands over every period that is not with the device. */
    public void fill() {
        for (int i = 0; i < ring.length && !ring[next].pending; i++) {
            if (!send(ring[next])) {
                return;
            }
            next = (next + 1) % ring.length;
        }
    }

    private boolean send(SoundMessage message) {
        if (output) {
            if (bytesSent + message.dataBytes > sendLimit) {
                return false;
            }
            if (writesContent) {
                BytePattern.write(driver.bus().ram(), message.data, message.dataBytes, stream, bytesSent);
            }
            bytesSent += message.dataBytes;
        }
        driver.submit(message);
        message.completions = 0;
        return true;
    }

    /** Handles what has come back: notes it and hands it over again. Call from a waiting condition. */
    public void collect() {
        while (!ring[next].pending && ring[next].completions == 1) {
            SoundMessage message = ring[next];
            note(message);
            message.completions = 0;
            next = (next + 1) % ring.length;
            if (resubmits) {
                send(message);
            }
        }
    }

    private void note(SoundMessage message) {
        if (completions == completionNanos.length) {
            completionNanos = Arrays.copyOf(completionNanos, 2 * completions);
            latencyBytes = Arrays.copyOf(latencyBytes, 2 * completions);
        }
        boolean released = message.status == SndWire.S_IO_ERR || !resubmits;
        if (message.status != SndWire.S_OK && !released) {
            throw new DeviceFaultException("a message came back with " + Integer.toHexString(message.status));
        }
        int expected = output ? SndWire.STATUS_BYTES : SndWire.STATUS_BYTES + message.dataBytes;
        boolean asExpected = message.usedLength == expected
                || (takesShort && message.usedLength >= SndWire.STATUS_BYTES && message.usedLength < expected);
        if (!asExpected && !released) {
            throw new DeviceFaultException("used length " + message.usedLength + " instead of " + expected);
        }
        if (!output && message.usedLength > SndWire.STATUS_BYTES) {
            recorded.writeBytes(driver.bus().ram().read(message.data, message.usedLength - SndWire.STATUS_BYTES));
        }
        if (!released) {
            completionNanos[completions] = message.completedNanos;
            latencyBytes[completions] = message.latencyBytes;
            completions++;
        }
    }

    /** Runs until this many periods in all have come back in the stream's course. */
    public void runUntil(int count, long timeoutNanos) {
        boolean done = driver.await(
                () -> {
                    collect();
                    return completions >= count;
                },
                timeoutNanos);
        if (!done) {
            throw new DeviceFaultException(completions + " of " + count + " periods came back in time");
        }
    }

    /** Periods that came back so far, those returned by RELEASE not counted. */
    public int completions() {
        return completions;
    }

    /** When a period came back. */
    public long completionNanos(int index) {
        return completionNanos[index];
    }

    /** Latency reported with a period. */
    public int latencyBytes(int index) {
        return latencyBytes[index];
    }

    /** Bytes handed over so far. */
    public long bytesSent() {
        return bytesSent;
    }

    /** What was recorded so far. */
    public byte[] recorded() {
        return recorded.toByteArray();
    }

    /** Messages with the device. */
    public int inFlight() {
        int count = 0;
        for (SoundMessage message : ring) {
            count += message.pending ? 1 : 0;
        }
        return count;
    }

    /** Number of the stream. */
    public int stream() {
        return stream;
    }

    /** Gives the memory back. */
    public void free() {
        for (SoundMessage message : ring) {
            driver.free(message);
        }
    }
}
