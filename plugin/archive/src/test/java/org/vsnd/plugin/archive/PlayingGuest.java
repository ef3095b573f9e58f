// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

/** A guest that plays a known sound. */
final class PlayingGuest {
    static final int RAM_BYTES = 32 << 20;

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    private PlayingGuest() {}

    /** Probes the card, plays so many periods of 10 ms and stops. */
    static void play(Bus bus, int periods) {
        SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
        PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
        stream.limitBytes((long) periods * SETUP.periodBytes());
        stream.start();
        stream.runUntil(periods, PATIENCE_NANOS);
        stream.stop();
        stream.release();
    }

    /** What it has played, S16 stereo. */
    static byte[] sound(int periods) {
        return BytePattern.bytes(0, 0, periods * SETUP.periodBytes());
    }
}
