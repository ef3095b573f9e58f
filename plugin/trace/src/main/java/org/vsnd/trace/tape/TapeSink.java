// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.tape;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

/** Keeps what was written, and counts what was done. */
public final class TapeSink implements AudioSink {
    private final PcmParams params;
    private final String streamName;
    private byte[] tape = new byte[1 << 16];
    private int length;
    private long framesWritten;
    private long gapFrames;
    private int gaps;
    private final List<Integer> gapPlaces = new ArrayList<>();
    private int starts;
    private int pauses;
    private int drains;
    private int closes;
    private boolean keeps;

    TapeSink(PcmParams params, String streamName, boolean keeps) {
        this.params = params;
        this.streamName = streamName;
        this.keeps = keeps;
    }

    void countOnly() {
        keeps = false;
    }

    @Override
    public long targetFrames() {
        return params.targetFrames();
    }

    @Override
    public int write(ByteBuffer frames) {
        int bytes = frames.remaining();
        if (bytes % params.frameBytes() != 0) {
            throw new IllegalStateException(bytes + " bytes are not whole frames");
        }
        if (closes > 0) {
            throw new IllegalStateException("written to after close");
        }
        if (keeps) {
            if (length + bytes > tape.length) {
                tape = Arrays.copyOf(tape, Math.max(2 * tape.length, length + bytes));
            }
            frames.get(tape, length, bytes);
            length += bytes;
        } else {
            frames.position(frames.limit());
        }
        framesWritten += bytes / params.frameBytes();
        return bytes / params.frameBytes();
    }

    @Override
    public void gap(long frames) {
        gapFrames += frames;
        gaps++;
        if (keeps) {
            gapPlaces.add(length);
        }
    }

    @Override
    public void start() {
        starts++;
    }

    @Override
    public void pause() {
        pauses++;
    }

    @Override
    public void drain() {
        drains++;
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {
        closes++;
    }

    /** What it was opened with. */
    public PcmParams params() {
        return params;
    }

    /** The stream it was opened for. */
    public String streamName() {
        return streamName;
    }

    /** Everything written. */
    public byte[] tape() {
        return Arrays.copyOf(tape, length);
    }

    /** Everything written without the silence before and after it. */
    public byte[] sound() {
        int from = 0;
        int to = length;
        while (from < to && tape[from] == 0) {
            from++;
        }
        while (to > from && tape[to - 1] == 0) {
            to--;
        }
        return Arrays.copyOfRange(tape, from, to);
    }

    /** Everything written but bytes of silence, wherever they are: a {@link org.vsnd.guest.driver.BytePattern} has none. */
    public byte[] withoutSilence() {
        byte[] bytes = new byte[length];
        int count = 0;
        for (int i = 0; i < length; i++) {
            if (tape[i] != 0) {
                bytes[count++] = tape[i];
            }
        }
        return Arrays.copyOf(bytes, count);
    }

    /** Frames written. */
    public long framesWritten() {
        return framesWritten;
    }

    /** Frames of silence because there was nothing to play. */
    public long gapFrames() {
        return gapFrames;
    }

    /** Gaps told of. */
    public int gaps() {
        return gaps;
    }

    /** How many bytes of the tape had been written when each gap was told of. */
    public List<Integer> gapPlaces() {
        return List.copyOf(gapPlaces);
    }

    /** Calls of start. */
    public int starts() {
        return starts;
    }

    /** Calls of pause. */
    public int pauses() {
        return pauses;
    }

    /** Calls of drain. */
    public int drains() {
        return drains;
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return closes > 0;
    }
}
