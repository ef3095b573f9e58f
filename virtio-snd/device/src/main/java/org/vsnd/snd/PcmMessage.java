// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.virtio.DescriptorChain;

/** One I/O message that a stream holds, 5.14.6.8. Objects are pooled by {@link MessagePool}, not made per message. */
final class PcmMessage {
    /** Bytes that {@link #save} writes. */
    static final int SAVED_BYTES = 29;

    /** The chain, owned by this message until it is completed. */
    @Nullable
    DescriptorChain chain;

    /** When the device took it. */
    long arrivalNanos;

    /** Number of data bytes. */
    long dataBytes;

    /** Bytes of its first frame that are in messages before it; see {@link FrameCutter}. */
    int splitBytes;

    /** Frames that belong to it: see {@link FrameCutter}. */
    long frames;

    /** It is no whole number of frames, and the driver is held to the standard: it ends with an error (SND-75). */
    boolean broken;

    /** Playback: frames of it that the sink has. */
    long framesHanded;

    /** Playback: where its last frame ends, in frames handed to the sink. */
    long endFrame;

    /** The guest's memory could not be read, or written: such a message ends with an error. */
    boolean failed;

    DescriptorChain chain() {
        DescriptorChain held = chain;
        if (held == null) {
            throw new IllegalStateException("message without a chain");
        }
        return held;
    }

    /**
     * Bytes of data in a chain, or -1 if it is not a message: too short, or with data in the wrong direction (SND-78).
     *
     * @param output whether it is to be played
     * @param headerBytes before the data
     */
    static long dataBytes(DescriptorChain chain, boolean output, int headerBytes) {
        long readable = chain.readableBytes() - headerBytes;
        long writable = chain.writableBytes() - PcmStatus.LENGTH;
        if (readable < 0 || writable < 0 || (output ? writable : readable) != 0) {
            return -1;
        }
        return output ? readable : writable;
    }

    /** Whether it is as it must be and all of it was in the guest's memory, so far. */
    boolean isGood() {
        return !failed && !broken;
    }

    /** Writes what cannot be derived from the chain. */
    void save(SnapshotWriter out) {
        out.u16(chain().head())
                .nanos(arrivalNanos)
                .i64(framesHanded)
                .i64(endFrame)
                .bool(failed)
                .u16(splitBytes);
    }

    /** Writes their number, and each. */
    static void saveAll(Collection<PcmMessage> messages, SnapshotWriter out) {
        out.u16(messages.size());
        for (PcmMessage message : messages) {
            message.save(out);
        }
    }
}
