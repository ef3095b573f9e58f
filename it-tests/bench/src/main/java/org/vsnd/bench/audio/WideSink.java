// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.nio.file.Path;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A pipe sink with large frames. A pipe has two pages: 43 ms of 16-bit stereo, 5 ms of this, so that low latencies can be
 * had. The server puts 16-bit stereo unchanged into the upper halves of the first two channels.
 */
final class WideSink {
    static final SoundFormat FORMAT = new SoundFormat("S32_LE", 1, 4, 48_000, 8);

    private static final int STEREO_FRAME_BYTES = 4;
    private static final int UPPER_HALF = 2;
    private static final int SAMPLE_BYTES = 4;

    private WideSink() {}

    /** What to load for it. */
    static String module(String name, Path fifo) {
        return "module-pipe-sink sink_name=" + name + " file=" + fifo + " format=s32le rate=" + FORMAT.rateHz()
                + " channels=" + FORMAT.channels()
                + " channel_map=front-left,front-right,aux0,aux1,aux2,aux3,aux4,aux5";
    }

    /** The 16-bit stereo in what was read. */
    static byte[] stereo(byte[] read) {
        int frames = read.length / FORMAT.frameBytes();
        byte[] stereo = new byte[frames * STEREO_FRAME_BYTES];
        for (int frame = 0; frame < frames; frame++) {
            int from = frame * FORMAT.frameBytes() + UPPER_HALF;
            int to = frame * STEREO_FRAME_BYTES;
            System.arraycopy(read, from, stereo, to, 2);
            System.arraycopy(read, from + SAMPLE_BYTES, stereo, to + 2, 2);
        }
        return stereo;
    }
}
