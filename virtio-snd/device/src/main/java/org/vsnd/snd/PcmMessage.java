package org.vsnd.snd;

import org.jspecify.annotations.Nullable;
import org.vsnd.virtio.DescriptorChain;

/** One I/O message that a stream holds, 5.14.6.8. The objects are pooled by {@link MessagePool}: none is made per message. */
final class PcmMessage {
    /** The chain, owned by this message until it is completed. */
    @Nullable
    DescriptorChain chain;

    /** When the device saw it. */
    long arrivalNanos;

    /** Whole frames of its data. */
    long frames;

    /** Bytes after the last whole frame: such a message ends with an error (SND-75). */
    long strayBytes;

    /** Playback: frames of it that have been handed to the sink. */
    long framesHanded;

    /** Playback: where its last frame ends, in frames handed to the sink. */
    long endFrame;

    /** Playback: the guest's memory could not be read. */
    boolean failed;

    DescriptorChain chain() {
        DescriptorChain held = chain;
        if (held == null) {
            throw new IllegalStateException("message without a chain");
        }
        return held;
    }
}
