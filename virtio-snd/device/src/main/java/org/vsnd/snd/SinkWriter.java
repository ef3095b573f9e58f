// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioSink;
import org.vsnd.spi.GuestMemoryException;

/** Copies frames to a sink, as many at a time as the scratch buffer holds. Device thread only; allocates nothing. */
final class SinkWriter {
    private final ByteBuffer scratch;

    SinkWriter(ByteBuffer scratch) {
        this.scratch = scratch;
    }

    /** Writes the next frames of a message, with silence where its memory cannot be read. */
    void write(AudioSink to, PcmMessage message, long frames, StreamParams params) {
        int frameBytes = params.frameBytes();
        long leftFrames = frames;
        while (leftFrames > 0) {
            int now = (int) Math.min(leftFrames, scratch.capacity() / frameBytes);
            scratch.clear().limit(now * frameBytes);
            if (!message.failed) {
                message.failed = !readData(message, message.framesHanded * frameBytes);
            }
            if (message.failed) {
                scratch.clear().limit(now * frameBytes);
                params.format().fillSilence(scratch);
            }
            scratch.flip();
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

    private boolean readData(PcmMessage message, long offset) {
        try {
            message.chain().read(PcmXfer.LENGTH + offset, scratch);
            return true;
        } catch (GuestMemoryException e) {
            return false;
        }
    }
}
