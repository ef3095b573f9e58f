// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.frames.GainStage;

/** Copies frames to a sink, as many at a time as the scratch buffer holds. Device thread only; allocates nothing. */
final class SinkWriter {
    private final ByteBuffer scratch;
    private final FrameCutter cutter;
    private final GainStage gain;

    /** @param gain for what messages hold */
    SinkWriter(ByteBuffer scratch, FrameCutter cutter, GainStage gain) {
        this.scratch = scratch;
        this.cutter = cutter;
        this.gain = gain;
    }

    /** Writes the next frames of a message, with silence where its memory cannot be read. */
    void write(AudioSink to, PcmMessage message, long frames, StreamParams params) {
        int frameBytes = params.frameBytes();
        long leftFrames = frames;
        while (leftFrames > 0) {
            int now = (int) Math.min(leftFrames, scratch.capacity() / frameBytes);
            scratch.clear().limit(now * frameBytes);
            if (!message.failed) {
                message.failed = !cutter.read(message, message.framesHanded, scratch, frameBytes);
            }
            if (message.failed) {
                scratch.clear().limit(now * frameBytes);
                params.format().fillSilence(scratch);
            }
            scratch.flip();
            gain.apply(scratch);
            to.write(scratch);
            message.framesHanded += now;
            leftFrames -= now;
        }
    }

    /** Writes silence. */
    void writeSilence(AudioSink to, long frames, StreamParams params) {
        int frameBytes = params.frameBytes();
        long leftFrames = frames;
        while (leftFrames > 0) {
            int now = (int) Math.min(leftFrames, scratch.capacity() / frameBytes);
            scratch.clear().limit(now * frameBytes);
            params.format().fillSilence(scratch);
            scratch.flip();
            to.write(scratch);
            leftFrames -= now;
        }
    }
}
