// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Full duplex with one message in flight, in the rhythm of Haiku's driver but by our own {@link SoundDriver}: one playback
 * message, waiting for it, one record message, waiting for it, the next exchange after some time to think. Two buffers for
 * each direction in turn. (All that Haiku does, accesses and mistakes included, is in {@code org.vsnd.guest.haiku}.)
 */
public final class DuplexExchange {
    /** Frames of a message, as Haiku has them. */
    public static final int PERIOD_FRAMES = 16384;

    private static final long TIMEOUT_NANOS = 5_000_000_000L;

    /**
     * One exchange in the bus's time.
     *
     * @param startNanos the playback message was handed over
     * @param playedNanos it was back
     * @param recordedNanos the record message was back
     */
    public record Times(long startNanos, long playedNanos, long recordedNanos) {}

    private final SoundDriver driver;
    private final int output;
    private final int input;
    private final StreamSetup setup;
    private final SoundMessage[] play = new SoundMessage[2];
    private final SoundMessage[] record = new SoundMessage[2];
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private final List<Times> exchanges = new ArrayList<>();
    private long bytesSent;

    /** Both streams get the same parameters: buffer and period are one message. */
    public DuplexExchange(SoundDriver driver, int format, int rate) {
        this.driver = driver;
        output = driver.firstStream(true);
        input = driver.firstStream(false);
        setup = new StreamSetup(format, rate, 2, PERIOD_FRAMES, PERIOD_FRAMES);
        for (int i = 0; i < 2; i++) {
            play[i] = driver.message(output, true, setup.periodBytes());
            record[i] = driver.message(input, false, setup.periodBytes());
        }
    }

    /** What the streams are set to. */
    public StreamSetup setup() {
        return setup;
    }

    /** SET_PARAMS and PREPARE for both, START for both, output first. */
    public void start() {
        driver.open(output, setup);
        driver.open(input, setup);
        driver.commandOk(SndWire.R_PCM_START, output);
        driver.commandOk(SndWire.R_PCM_START, input);
    }

    /** STOP and RELEASE for both, as at close. */
    public void stop() {
        for (int stream : new int[] {output, input}) {
            driver.commandOk(SndWire.R_PCM_STOP, stream);
            driver.commandOk(SndWire.R_PCM_RELEASE, stream);
        }
    }

    /** One exchange. */
    public Times exchange() {
        int turn = exchanges.size() % 2;
        long start = driver.bus().nanoTime();
        BytePattern.write(driver.bus().ram(), play[turn].data, play[turn].dataBytes, output, bytesSent);
        bytesSent += play[turn].dataBytes;
        send(play[turn]);
        send(record[turn]);
        recorded.writeBytes(driver.bus().ram().read(record[turn].data, record[turn].dataBytes));
        Times times = new Times(start, play[turn].completedNanos, record[turn].completedNanos);
        exchanges.add(times);
        return times;
    }

    /** This many exchanges with this much time between one's end and the next one's start. */
    public void exchanges(int count, long thinkNanos) {
        for (int i = 0; i < count; i++) {
            exchange();
            driver.bus().pass(thinkNanos);
        }
    }

    private void send(SoundMessage message) {
        driver.submit(message);
        // the driver spins on the used index, but takes a semaphore that only an interrupt gives
        driver.awaitBack(message, TIMEOUT_NANOS);
        if (message.status != SndWire.S_OK) {
            throw new DeviceFaultException("an exchange failed with " + Integer.toHexString(message.status));
        }
        int expected = SndWire.STATUS_BYTES + (message.output ? 0 : message.dataBytes);
        if (message.usedLength != expected) {
            throw new DeviceFaultException("used length " + message.usedLength + " instead of " + expected);
        }
    }

    /** All exchanges so far. */
    public List<Times> times() {
        return List.copyOf(exchanges);
    }

    /** Number of the playback stream. */
    public int output() {
        return output;
    }

    /** Bytes handed over for playback. */
    public long bytesSent() {
        return bytesSent;
    }

    /** What was recorded. */
    public byte[] recorded() {
        return recorded.toByteArray();
    }
}
