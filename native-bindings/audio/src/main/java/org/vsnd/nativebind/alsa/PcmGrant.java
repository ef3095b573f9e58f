// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/**
 * The buffer that a PCM grants.
 *
 * @param periodFrames size of the host's portions
 * @param bufferFrames the most frames that the PCM holds
 * @param canPause whether it can pause and keep what it holds
 */
record PcmGrant(long periodFrames, long bufferFrames, boolean canPause) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** Length of a period, rounded down. */
    long periodNanos(int rateHz) {
        return periodFrames * NANOS_PER_SECOND / rateHz;
    }
}
