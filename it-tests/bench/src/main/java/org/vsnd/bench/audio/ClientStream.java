// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;

/** A stream of a {@link CardClient}'s, run as Linux runs it: all periods in flight, each handed over again when it is back. */
final class ClientStream {
    private final SoundDriver driver;
    private final int stream;
    private final boolean output;
    private final StreamSetup setup;
    private final byte[] sound;
    private final SoundMessage[] ring;
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();
    private final List<Completion> completions = new ArrayList<>();
    private int soundAt;
    private int next;
    private long releaseNanos;

    /**
     * A message that came back.
     *
     * @param nanos when, as far as the client could see
     * @param latencyFrames what the device reported with it
     */
    record Completion(long nanos, long latencyFrames) {}

    private ClientStream(SoundDriver driver, int stream, boolean output, StreamSetup setup, byte[] sound) {
        this.driver = driver;
        this.stream = stream;
        this.output = output;
        this.setup = setup;
        this.sound = sound;
        ring = new SoundMessage[setup.periods()];
        for (int i = 0; i < ring.length; i++) {
            ring[i] = driver.message(stream, output, setup.periodBytes());
        }
    }

    /**
     * Plays.
     *
     * @param sound what to play; silence behind it
     */
    static ClientStream playing(SoundDriver driver, StreamSetup setup, byte[] sound) {
        return new ClientStream(driver, driver.firstStream(true), true, setup, sound);
    }

    /** Records. */
    static ClientStream recording(SoundDriver driver, StreamSetup setup) {
        return new ClientStream(driver, driver.firstStream(false), false, setup, new byte[0]);
    }

    void start() {
        driver.open(stream, setup);
        for (SoundMessage message : ring) {
            send(message);
        }
        driver.commandOk(SndWire.R_PCM_START, stream);
    }

    private void send(SoundMessage message) {
        if (output) {
            int bytes = Math.min(message.dataBytes(), sound.length - soundAt);
            driver.bus().ram().fill(message.data() + bytes, message.dataBytes() - bytes, 0);
            driver.bus().ram().write(message.data(), sound, soundAt, bytes);
            soundAt += bytes;
        }
        driver.submit(message);
    }

    /** Takes what has come back and hands it over again. */
    void collect() {
        while (!ring[next].isPending()) {
            SoundMessage message = ring[next];
            if (message.status() != SndWire.S_OK) {
                throw new DeviceFaultException("a message came back with " + Integer.toHexString(message.status()));
            }
            completions.add(
                    new Completion(message.completedNanos(), message.latencyBytes() / (long) setup.frameBytes()));
            if (!output) {
                recorded.writeBytes(driver.bus().ram().read(message.data(), message.dataBytes()));
            }
            send(message);
            next = (next + 1) % ring.length;
        }
    }

    /** STOP and RELEASE. What comes back by that does not count. */
    void end() {
        driver.commandOk(SndWire.R_PCM_STOP, stream);
        driver.commandOk(SndWire.R_PCM_RELEASE, stream);
        releaseNanos = driver.controlNanos();
        driver.poll();
    }

    /** All so far. */
    List<Completion> completions() {
        return completions;
    }

    /** How long RELEASE took to be answered, with all messages pending. */
    long releaseNanos() {
        return releaseNanos;
    }

    /** Frames of a message. */
    int periodFrames() {
        return setup.periodFrames();
    }

    /** What was recorded. */
    byte[] recorded() {
        return recorded.toByteArray();
    }
}
