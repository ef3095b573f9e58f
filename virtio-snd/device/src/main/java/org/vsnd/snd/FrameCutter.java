// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.List;
import org.vsnd.audio.PcmFormat;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.SnapshotException;

/**
 * Where a stream's frames are in the driver's messages. The data of all messages is one stream of bytes. Its first frame begins
 * with the first message, and so does the next one after RELEASE or the end of the sound; in between, messages may end in the
 * middle of a frame. Such a frame is kept here until the next message: when played, what came of it; when recorded, all of it.
 *
 * <p>A played frame belongs to the message in which it ends, since it cannot be played before; a recorded one to the message in
 * which it begins, since that cannot be full before. If drivers are held to the standard, each message begins with a frame.
 *
 * <p>Device thread only; allocates nothing once it is made.
 */
final class FrameCutter {
    private static final int SAMPLE_BYTES_MAX = 8;

    private final boolean output;
    private final boolean strict;
    private final int headerBytes;

    /** The frame that is in two messages, or more; each byte is where it is in the frame. */
    private final ByteBuffer split;

    /** Bytes of the next message's first frame that are in messages before it. */
    private int splitBytes;

    /**
     * @param strict whether every message must be whole frames
     * @param headerBytes before the data of each message
     */
    FrameCutter(StreamInfo info, boolean strict, int headerBytes) {
        output = info.isOutput();
        this.strict = strict;
        this.headerBytes = headerBytes;
        split = ByteBuffer.allocateDirect(info.channelsMax() * SAMPLE_BYTES_MAX);
    }

    /** The next message begins with a frame: the driver has no message in flight, and its sound has ended. */
    void begin() {
        splitBytes = 0;
    }

    /** Finds the frames of the driver's next message. */
    void cut(PcmMessage message, long dataBytes, int frameBytes) {
        cut(message, splitBytes, dataBytes, frameBytes);
        splitBytes = strict ? 0 : behind(message, frameBytes);
    }

    private void cut(PcmMessage message, int bytesBefore, long dataBytes, int frameBytes) {
        message.dataBytes = dataBytes;
        message.splitBytes = bytesBefore;
        long begun = output || strict ? 0 : frameBytes - 1; // those that begin count, instead of those that end
        message.frames = (bytesBefore + dataBytes + begun) / frameBytes - (bytesBefore + begun) / frameBytes;
        message.broken = strict && dataBytes % frameBytes != 0;
    }

    /** Bytes in a message, and in those before it, of a frame that goes on in the next one. */
    private static int behind(PcmMessage message, int frameBytes) {
        return (int) ((message.splitBytes + message.dataBytes) % frameBytes);
    }

    /** Bytes of a frame that goes on in the next message, and that the driver has sent, or has yet to be given. */
    int keptBytes(PcmMessage message, int frameBytes) {
        int behind = strict ? 0 : behind(message, frameBytes);
        return output || behind == 0 ? behind : frameBytes - behind;
    }

    /** Playback: reads frames of a message, from this one on. False: they are not in the guest's memory. */
    boolean read(PcmMessage message, long frame, ByteBuffer dst, int frameBytes) {
        if (frame == 0) {
            dst.put(split.clear().limit(message.splitBytes));
        }
        long offset = Math.max(0, frame * frameBytes - message.splitBytes);
        return read(message, offset, dst);
    }

    /** Playback: all whole frames of a message were read. Keeps what is behind them. */
    void keep(PcmMessage message, PcmFormat format, int frameBytes) {
        int end = keptBytes(message, frameBytes);
        if (end == 0) {
            return;
        }
        int bytes = (int) Math.min(end, message.dataBytes);
        split.clear().position(end - bytes).limit(end);
        message.failed = message.failed || !read(message, message.dataBytes - bytes, split);
        if (message.failed) {
            format.fillSilence(split.clear().limit(frameBytes));
        }
    }

    /** Recording: writes the rest of the frame that the messages before have begun. May be repeated. */
    boolean writeRest(PcmMessage message, int frameBytes) {
        int bytes = (int) Math.min(restBytes(message, frameBytes), message.dataBytes);
        return write(message, 0, split.clear().position(message.splitBytes).limit(message.splitBytes + bytes));
    }

    /** Recording: writes frames of a message, from this one on. False: the guest has no memory there. */
    boolean write(PcmMessage message, long frame, ByteBuffer frames, int frameBytes) {
        long offset = restBytes(message, frameBytes) + frame * frameBytes;
        long room = message.dataBytes - offset;
        if (room < frames.remaining()) {
            split.clear().put(0, frames, frames.limit() - frameBytes, frameBytes);
            frames.limit(frames.position() + (int) room);
        }
        return write(message, offset, frames);
    }

    /** Recording: bytes of data in a message to which this many frames were written. */
    long writtenBytes(PcmMessage message, long frames, int frameBytes) {
        return Math.min(message.dataBytes, restBytes(message, frameBytes) + frames * frameBytes);
    }

    private static int restBytes(PcmMessage message, int frameBytes) {
        return message.splitBytes == 0 ? 0 : frameBytes - message.splitBytes;
    }

    private boolean read(PcmMessage message, long offset, ByteBuffer dst) {
        try {
            message.chain().read(headerBytes + offset, dst);
            return true;
        } catch (GuestMemoryException e) {
            return false;
        }
    }

    private static boolean write(PcmMessage message, long offset, ByteBuffer src) {
        try {
            message.chain().write(offset, src);
            return true;
        } catch (GuestMemoryException e) {
            return false;
        }
    }

    /** Writes the frame that is split. */
    void save(SnapshotWriter out, int frameBytes) {
        out.u16(splitBytes);
        split.clear();
        for (int i = 0; i < frameBytes; i++) {
            out.u8(split.get(i) & 0xff);
        }
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param pending messages that the stream has not started, oldest first
     * @return restores the frame
     */
    Runnable load(SnapshotReader in, List<PcmMessage> pending, int frameBytes) throws SnapshotException {
        int before = loadSplitBytes(in, frameBytes);
        byte[] frame = new byte[frameBytes];
        for (int i = 0; i < frameBytes; i++) {
            frame[i] = (byte) in.u8("a byte of a frame", 0xff);
        }
        for (int i = 0; i < pending.size(); i++) {
            int next = i + 1 < pending.size() ? pending.get(i + 1).splitBytes : before;
            in.require(strict || behind(pending.get(i), frameBytes) == next, "a frame begins in the middle of another");
        }
        return () -> {
            splitBytes = before;
            split.clear().put(frame);
        };
    }

    /** Reads a message's {@link PcmMessage#splitBytes} and finds its frames. */
    void load(SnapshotReader in, PcmMessage message, long dataBytes, int frameBytes) throws SnapshotException {
        cut(message, loadSplitBytes(in, frameBytes), dataBytes, frameBytes);
    }

    private int loadSplitBytes(SnapshotReader in, int frameBytes) throws SnapshotException {
        return in.u16("bytes of a frame in messages before", strict ? 0 : frameBytes - 1);
    }
}
