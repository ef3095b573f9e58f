// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;
import org.vsnd.audio.PcmFormat;

/**
 * Converts frames from one sample format and channel count to another at the same rate: any format {@code MU_LAW..FLOAT64},
 * mono to stereo (the sample twice) and stereo to mono (the mean). Equal layouts are copied byte by byte, in any
 * format. Immutable, no allocation after construction.
 */
public final class SampleConverter {
    private final boolean sameLayout;
    private final int fromChannels;
    private final int toChannels;
    private final int fromBytes;
    private final int toBytes;
    private final LinearSample from;
    private final LinearSample to;

    /** Only for layouts between which conversion is {@link #possible}. */
    public SampleConverter(PcmFormat from, int fromChannels, PcmFormat to, int toChannels) {
        sameLayout = from == to && fromChannels == toChannels;
        this.fromChannels = fromChannels;
        this.toChannels = toChannels;
        fromBytes = from.sampleBytes();
        toBytes = to.sampleBytes();
        this.from = new LinearSample(from);
        this.to = new LinearSample(to);
    }

    /** Whether two layouts can be converted. */
    public static boolean possible(PcmFormat from, int fromChannels, PcmFormat to, int toChannels) {
        if (fromChannels != toChannels && (fromChannels > 2 || toChannels > 2)) {
            return false;
        }
        boolean sameLayout = from == to && fromChannels == toChannels;
        return sameLayout || (LinearSample.supported(from) && LinearSample.supported(to));
    }

    /**
     * Converts as many whole frames as both buffers hold from position to limit, and moves both positions.
     *
     * @return frames converted
     */
    public int convert(ByteBuffer src, ByteBuffer dst) {
        int fromFrameBytes = fromBytes * fromChannels;
        int toFrameBytes = toBytes * toChannels;
        int frames = Math.min(src.remaining() / fromFrameBytes, dst.remaining() / toFrameBytes);
        int srcAt = src.position();
        int dstAt = dst.position();
        if (sameLayout) {
            dst.put(dstAt, src, srcAt, frames * toFrameBytes);
        } else {
            for (int i = 0; i < frames; i++) {
                convertFrame(src, srcAt + i * fromFrameBytes, dst, dstAt + i * toFrameBytes);
            }
        }
        src.position(srcAt + frames * fromFrameBytes);
        dst.position(dstAt + frames * toFrameBytes);
        return frames;
    }

    private void convertFrame(ByteBuffer src, int srcAt, ByteBuffer dst, int dstAt) {
        if (fromChannels == 2 && toChannels == 1) {
            to.store(dst, dstAt, (from.load(src, srcAt) + from.load(src, srcAt + fromBytes)) / 2);
            return;
        }
        int step = fromChannels == toChannels ? fromBytes : 0;
        for (int channel = 0; channel < toChannels; channel++) {
            to.store(dst, dstAt + channel * toBytes, from.load(src, srcAt + channel * step));
        }
    }
}
