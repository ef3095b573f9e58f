package org.vsnd.audio;

/**
 * What a stream sounds like, and how far ahead of the ear it is fed.
 *
 * @param rateHz frames per second
 * @param channels interleaved samples per frame, 1..255
 * @param targetFrames host latency wanted, in frames
 */
public record PcmParams(PcmFormat format, int rateHz, int channels, long targetFrames) {
    /** Bytes of one frame. */
    public int frameBytes() {
        return format.sampleBytes() * channels;
    }
}
