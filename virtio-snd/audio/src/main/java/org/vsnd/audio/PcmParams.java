// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.List;

/**
 * The parameters of a stream's sound, and how far ahead of the ear it is fed.
 *
 * @param rateHz frames per second
 * @param channels interleaved samples per frame, 1..255
 * @param positions of the channels, one for each; none: {@linkplain ChannelPosition#usual as usual}
 * @param targetFrames host latency wanted, in frames
 * @param burstFrames most frames the device hands over, or leaves unread, at once
 * @param budget provides the memory for its sound
 */
public record PcmParams(
        PcmFormat format,
        int rateHz,
        int channels,
        List<ChannelPosition> positions,
        long targetFrames,
        long burstFrames,
        AudioBudget budget) {
    /** Checks that there are as many positions as channels, or none. */
    public PcmParams {
        positions = List.copyOf(positions);
        if (!positions.isEmpty() && positions.size() != channels) {
            throw new IllegalArgumentException(positions + " for " + channels + " channels");
        }
    }

    /** With channels as usual. */
    public PcmParams(
            PcmFormat format, int rateHz, int channels, long targetFrames, long burstFrames, AudioBudget budget) {
        this(format, rateHz, channels, List.of(), targetFrames, burstFrames, budget);
    }

    /** For callers without a guest. */
    public PcmParams(PcmFormat format, int rateHz, int channels, long targetFrames, long burstFrames) {
        this(format, rateHz, channels, targetFrames, burstFrames, AudioBudget.UNLIMITED);
    }

    /** The same, with bursts of up to half a second. */
    public PcmParams(PcmFormat format, int rateHz, int channels, long targetFrames) {
        this(format, rateHz, channels, targetFrames, rateHz / 2);
    }

    /** The same with channels in these places. */
    public PcmParams at(List<ChannelPosition> others) {
        return new PcmParams(format, rateHz, channels, others, targetFrames, burstFrames, budget);
    }

    /** The same with another target for the latency. */
    public PcmParams withTarget(long frames) {
        return new PcmParams(format, rateHz, channels, positions, frames, burstFrames, budget);
    }

    /** Where each channel belongs. */
    public List<ChannelPosition> speakers() {
        return positions.isEmpty() ? ChannelPosition.usual(channels) : positions;
    }

    /** Bytes of one frame. */
    public int frameBytes() {
        return format.sampleBytes() * channels;
    }
}
