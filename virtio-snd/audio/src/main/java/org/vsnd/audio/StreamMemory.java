// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

/**
 * The most sound of a stream that a live back end keeps, for which the card's {@link AudioBudget} must have room
 * before the stream is opened. Arithmetic only; any thread.
 */
public final class StreamMemory {
    /** A playback ring holds a second more than the device hands over, but at most this many bytes more. */
    private static final int PLAYBACK_SPARE_BYTES_MAX = 4 << 20;
    /** Frames that the host may have dropped are remembered for a second, but at most this many bytes. */
    private static final int PLAYED_BYTES_MAX = 2 << 20;
    /** A capture ring holds two seconds more than the driver leaves unread, but at most this many bytes more. */
    private static final int CAPTURE_SPARE_BYTES_MAX = 8 << 20;

    private StreamMemory() {}

    /** Bytes that a playback stream may need, out of {@link PcmParams#budget}. */
    public static long playbackBytes(PcmParams params) {
        return AudioBudget.bytes(params.frameBytes(), playbackRingFrames(params))
                + AudioBudget.bytes(params.frameBytes(), playedFrames(params));
    }

    /** Bytes that a capture stream may need, out of {@link PcmParams#budget}. */
    public static long captureBytes(PcmParams params) {
        return AudioBudget.bytes(params.frameBytes(), captureRingFrames(params));
    }

    /** Frames on their way to the host. */
    public static int playbackRingFrames(PcmParams params) {
        return ringFrames(params, params.rateHz(), PLAYBACK_SPARE_BYTES_MAX);
    }

    /** Frames given to the host that may have to be given once more. */
    public static int playedFrames(PcmParams params) {
        return Math.min(params.rateHz(), PLAYED_BYTES_MAX / params.frameBytes());
    }

    /** Frames on their way from the host. */
    public static int captureRingFrames(PcmParams params) {
        return ringFrames(params, 2L * params.rateHz(), CAPTURE_SPARE_BYTES_MAX);
    }

    private static int ringFrames(PcmParams params, long spareFrames, int spareBytesMax) {
        return Math.toIntExact(params.burstFrames()
                + 2 * params.targetFrames()
                + Math.min(spareFrames, spareBytesMax / params.frameBytes()));
    }
}
