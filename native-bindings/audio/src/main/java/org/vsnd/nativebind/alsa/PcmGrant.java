// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/**
 * What a PCM grants.
 *
 * @param periodFrames in what portions the host works
 * @param bufferFrames most frames the PCM holds
 * @param canPause whether it can stand still and keep what it holds
 */
record PcmGrant(long periodFrames, long bufferFrames, boolean canPause) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** How long a period lasts, rounded down. */
    long periodNanos(int rateHz) {
        return periodFrames * NANOS_PER_SECOND / rateHz;
    }
}
