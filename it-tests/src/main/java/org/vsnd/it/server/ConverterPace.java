// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

/**
 * A converter's clock and how it moves frames.
 *
 * @param ppb how much faster than the format's rate it runs, in units of 1e-9
 * @param tickFrames frames moved at once
 * @param pipeBytes most that the pipe holds; the kernel rounds it up to pages
 */
public record ConverterPace(long ppb, int tickFrames, int pipeBytes) {
    private static final int TICK_FRAMES = 12; // 0.25 ms at 48 kHz
    private static final int PIPE_BYTES = 8192; // PulseAudio renders a page when a page is free

    /** A clock that is this many parts per million fast, in pieces of 0.25 ms at 48 kHz. */
    public static ConverterPace ppm(int ppm) {
        return new ConverterPace(ppm * 1000L, TICK_FRAMES, PIPE_BYTES);
    }
}
