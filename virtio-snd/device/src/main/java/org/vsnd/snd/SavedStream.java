// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.DescriptorChain;
import org.vsnd.virtio.RestoredChains;

/**
 * The part of a snapshot about a stream between PREPARE and RELEASE, while it is read.
 *
 * @param chains the chains that were with the device
 * @param info of the stream that reads it
 * @param state the stream's, as saved
 * @param params the stream's, as saved and checked
 * @param cutter the stream's
 * @param headerBytes before the data of each message
 */
record SavedStream(
        SnapshotReader in,
        RestoredChains chains,
        StreamInfo info,
        StreamState state,
        StreamParams params,
        FrameCutter cutter,
        int headerBytes) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** More frames than any stream has seen: see {@link SnapshotReader#LONGEST_NANOS}. */
    long mostFrames() {
        return SnapshotReader.LONGEST_NANOS / NANOS_PER_SECOND * params.rateHz();
    }

    /** Reads a number of frames. */
    long frames(String what) throws SnapshotException {
        return in.i64(what, 0, mostFrames());
    }

    /** Reads a place, which may be before its origin. */
    long place(String what) throws SnapshotException {
        return in.i64(what, -mostFrames(), mostFrames());
    }

    /** Reads what {@link StreamClock#save} wrote. */
    StreamClock clock() throws SnapshotException {
        StreamClock clock = new StreamClock(params.rateHz());
        long nanos = in.nanos("the clock's time");
        clock.start(nanos, place("the clock's place"));
        return clock;
    }

    /** Reads what {@link PcmMessage#save} wrote: a chain that the device held, checked like a new one. */
    PcmMessage message() throws SnapshotException {
        DescriptorChain chain =
                chains.claim(in, info.isOutput() ? VirtioSnd.VIRTIO_SND_VQ_TX : VirtioSnd.VIRTIO_SND_VQ_RX);
        long dataBytes = PcmMessage.dataBytes(chain, info.isOutput(), headerBytes);
        in.require(dataBytes >= 0 && dataBytes <= StreamParams.BUFFER_BYTES_MAX, "a chain is not a message");
        PcmMessage message = new PcmMessage();
        message.chain = chain;
        message.arrivalNanos = in.past("a message's arrival");
        message.framesHanded = in.i64("the frames handed on", 0, dataBytes);
        message.endFrame = frames("a message's end");
        message.failed = in.bool("a message's failure");
        cutter.load(in, message, dataBytes, params.frameBytes());
        in.require(message.framesHanded <= message.frames, "more of a message was handed on than there is");
        return message;
    }

    /** Reads what {@link PcmMessage#saveAll} wrote. */
    List<PcmMessage> messages() throws SnapshotException {
        int count = in.count("messages", 0xffff, PcmMessage.SAVED_BYTES);
        List<PcmMessage> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(message());
        }
        return messages;
    }
}
