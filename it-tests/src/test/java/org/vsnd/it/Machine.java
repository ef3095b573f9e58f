// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.trace.tape.TapeBackend;

/** A sound card in a machine, with host audio that keeps what was played. */
interface Machine extends AutoCloseable {
    /** The way to the card. */
    Bus bus();

    /** The host's audio. */
    TapeBackend tape();

    /** Probes and starts the card with a driver of this style. */
    default SoundDriver driver(DriverStyle style) {
        return SoundDriver.start(bus(), style);
    }

    /** Unplugs the card and checks that the device kept to its memory and its interrupts. */
    @Override
    void close();
}
