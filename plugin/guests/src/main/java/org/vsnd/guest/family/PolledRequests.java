// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.family;

import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

/** Requests of a driver that looks at the used ring until it has its answer, and gives up on anything but OK. */
final class PolledRequests {
    /** A driver that never gives up hangs when so much time has gone by. */
    static final long FOR_EVER = 60_000_000_000L;

    private final ControlRoundTrip control;
    private final long patienceNanos;

    /** @param patienceNanos how long the driver looks, or {@link #FOR_EVER} */
    PolledRequests(ControlRoundTrip control, long patienceNanos) {
        this.control = control;
        this.patienceNanos = patienceNanos;
    }

    /** Sends a request and waits; the driver looks at the answer itself. */
    void answered(String what, byte[] request, int... reply) {
        if (!control.request(request, patienceNanos, reply)) {
            throw new GuestTroubleException(patienceNanos >= FOR_EVER, what + " was not answered");
        }
    }

    /** Sends a request that must be answered OK. */
    void ok(String what, byte[] request, int... reply) {
        answered(what, request, reply);
        if (control.reply32(0) != SndWire.S_OK) {
            throw new GuestTroubleException(false, what + " was answered 0x" + Integer.toHexString(control.reply32(0)));
        }
    }

    /** SET_PARAMS without features. */
    void setParams(int stream, StreamSetup setup) {
        ok(
                "SET_PARAMS",
                SoundDriver.setParamsRequest(
                        stream,
                        setup.bufferBytes(),
                        setup.periodBytes(),
                        0,
                        setup.channels(),
                        setup.format(),
                        setup.rate()),
                4);
    }

    void prepare(int stream) {
        ok("PREPARE", SoundDriver.words(SndWire.R_PCM_PREPARE, stream), 4);
    }

    void start(int stream) {
        ok("START", SoundDriver.words(SndWire.R_PCM_START, stream), 4);
    }

    void stop(int stream) {
        ok("STOP", SoundDriver.words(SndWire.R_PCM_STOP, stream), 4);
    }

    void release(int stream) {
        ok("RELEASE", SoundDriver.words(SndWire.R_PCM_RELEASE, stream), 4);
    }
}
