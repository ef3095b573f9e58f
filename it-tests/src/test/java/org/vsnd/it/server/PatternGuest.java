// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.SoundMessage;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/** A driver's side of a playback stream that plays the pattern to its end, each message sent as soon as one came back. */
final class PatternGuest {
    private final SoundDriver driver;
    private final int stream;
    private final StreamSetup setup;
    private final byte[] sound;
    private final SoundMessage[] ring;
    private final long[] completedNanos;
    private int sent;
    private int done;

    /** @param messages so many, each a period of the pattern */
    PatternGuest(SoundDriver driver, StreamSetup setup, int messages) {
        this.driver = driver;
        this.setup = setup;
        stream = driver.firstStream(true);
        sound = FramePattern.frames(SoundFormat.S16_STEREO_48K, messages * setup.periodFrames());
        completedNanos = new long[messages];
        ring = new SoundMessage[setup.periods()];
        for (int i = 0; i < ring.length; i++) {
            ring[i] = driver.message(stream, true, setup.periodBytes());
        }
    }

    /** SET_PARAMS, PREPARE, everything queued, START. Returns the guest's time of START. */
    long start() {
        driver.open(stream, setup);
        while (sent < ring.length) {
            send();
        }
        long nanos = driver.bus().nanoTime();
        driver.commandOk(SndWire.R_PCM_START, stream);
        return nanos;
    }

    private void send() {
        SoundMessage message = ring[sent % ring.length];
        driver.bus().ram().write(message.data(), sound, sent * setup.periodBytes(), setup.periodBytes());
        driver.submit(message);
        sent++;
    }

    /** Plays until so many messages have come back. */
    void runUntil(int messages, long timeoutNanos) {
        boolean all = driver.await(
                () -> {
                    collect();
                    return done >= messages;
                },
                timeoutNanos);
        if (!all) {
            throw new DeviceFaultException(done + " of " + messages + " messages came back in time");
        }
    }

    private void collect() {
        while (done < sent && !ring[done % ring.length].isPending()) {
            SoundMessage message = ring[done % ring.length];
            if (message.status() != SndWire.S_OK) {
                throw new DeviceFaultException("a message came back with " + Integer.toHexString(message.status()));
            }
            completedNanos[done++] = message.completedNanos();
            if (sent < completedNanos.length) {
                send();
            }
        }
    }

    /** The guest's time at which a message came back. */
    long completedNanos(int message) {
        return completedNanos[message];
    }

    /** STOP, as at the end of a sound. */
    void stop() {
        driver.commandOk(SndWire.R_PCM_STOP, stream);
    }
}
