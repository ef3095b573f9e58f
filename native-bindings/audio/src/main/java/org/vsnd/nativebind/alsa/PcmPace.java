// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/** How a PCM keeps time. */
enum PcmPace {
    /** Not known: it has not moved yet. */
    UNKNOWN,
    /** By its own clock. */
    ITS_CLOCK,
    /** Not at all: it takes or gives everything at once, so our clock says what is due. */
    OUR_CLOCK
}
