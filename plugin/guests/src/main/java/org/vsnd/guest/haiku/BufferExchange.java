// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/**
 * One BUFFER_EXCHANGE as the media server saw it. What the kernel reports is what the media kit's TimeSource is made of;
 * its frames count from the last START.
 *
 * @param ok whether the driver reported success; if not, the other numbers but the first are those of the exchange before
 * @param startNanos when it was called, in the bus's time
 * @param playedNanos when the playback buffer was seen to be used, in the bus's time
 * @param recordedNanos when the record buffer was seen to be used, in the bus's time
 * @param playedRealTimeMicros the kernel's played_real_time
 * @param playedFrames the kernel's played_frames_count
 * @param recordedRealTimeMicros the kernel's recorded_real_time
 * @param recordedFrames the kernel's recorded_frames_count
 */
public record BufferExchange(
        boolean ok,
        long startNanos,
        long playedNanos,
        long recordedNanos,
        long playedRealTimeMicros,
        long playedFrames,
        long recordedRealTimeMicros,
        long recordedFrames) {
    /** Frames of each of Haiku's buffers. */
    public static final int FRAMES = HaikuPcmStream.FRAMES_PER_BUFFER;
}
