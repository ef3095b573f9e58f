// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/**
 * The parameters of a stream's sound, and how far ahead of the ear it is fed.
 *
 * @param rateHz frames per second
 * @param channels interleaved samples per frame, 1..255
 * @param targetFrames host latency wanted, in frames
 * @param burstFrames most frames the device hands over, or leaves unread, at once
 * @param budget provides the memory for its sound
 */
public record PcmParams(
        PcmFormat format, int rateHz, int channels, long targetFrames, long burstFrames, AudioBudget budget) {
    /** For callers without a guest. */
    public PcmParams(PcmFormat format, int rateHz, int channels, long targetFrames, long burstFrames) {
        this(format, rateHz, channels, targetFrames, burstFrames, AudioBudget.UNLIMITED);
    }

    /** The same, with bursts of up to half a second. */
    public PcmParams(PcmFormat format, int rateHz, int channels, long targetFrames) {
        this(format, rateHz, channels, targetFrames, rateHz / 2);
    }

    /** Bytes of one frame. */
    public int frameBytes() {
        return format.sampleBytes() * channels;
    }
}
