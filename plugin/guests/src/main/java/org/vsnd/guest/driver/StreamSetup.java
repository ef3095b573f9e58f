// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/**
 * What a stream is set to.
 *
 * @param format VIRTIO_SND_PCM_FMT_*
 * @param rate VIRTIO_SND_PCM_RATE_*
 * @param periodFrames frames of one message
 * @param bufferFrames frames of the driver's buffer
 */
public record StreamSetup(int format, int rate, int channels, int periodFrames, int bufferFrames) {
    private static final int[] RATES_HZ = {
        5512, 8000, 11025, 16000, 22050, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000, 384000, 12000, 24000
    };

    /** How many VIRTIO_SND_PCM_RATE_* there are. */
    public static int rateCount() {
        return RATES_HZ.length;
    }

    /** 16-bit stereo at 48 kHz. */
    public static StreamSetup s16At48k(int periodFrames, int bufferFrames) {
        return new StreamSetup(SndWire.FMT_S16, SndWire.RATE_48000, 2, periodFrames, bufferFrames);
    }

    /** Bytes of one frame. */
    public int frameBytes() {
        return channels * (format <= 4 ? 1 : format <= 6 ? 2 : format <= 12 ? 3 : format == 20 ? 8 : 4);
    }

    /** Frames per second. */
    public int rateHz() {
        return RATES_HZ[rate];
    }

    /** Bytes of one message. */
    public int periodBytes() {
        return periodFrames * frameBytes();
    }

    /** Bytes of the driver's buffer. */
    public int bufferBytes() {
        return bufferFrames * frameBytes();
    }

    /** Periods in the driver's buffer. */
    public int periods() {
        return bufferFrames / periodFrames;
    }

    /** Nanoseconds of this many frames, rounded down. */
    public long nanosOf(long frames) {
        return frames / rateHz() * 1_000_000_000L + frames % rateHz() * 1_000_000_000L / rateHz();
    }

    /** Bytes of so much sound, in whole frames, rounded down. */
    public long bytesOf(long nanos) {
        return (nanos / 1_000_000_000L * rateHz() + nanos % 1_000_000_000L * rateHz() / 1_000_000_000L) * frameBytes();
    }
}
