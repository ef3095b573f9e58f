// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.tape;

import java.nio.ByteBuffer;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.guest.driver.BytePattern;

/** Delivers the {@link BytePattern}, byte by byte; what is skipped is missing from it. */
public final class TapeSource implements AudioSource {
    /** Seed of what is recorded. */
    public static final long SEED = 77;

    private final PcmParams params;
    private final String streamName;
    private long place;
    private long framesSkipped;
    private int starts;
    private int pauses;
    private boolean closed;

    TapeSource(PcmParams params, String streamName) {
        this.params = params;
        this.streamName = streamName;
    }

    @Override
    public long latencyFrames() {
        return 0;
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
    public int read(ByteBuffer dst, long dueFrames) {
        int frames = dst.remaining() / params.frameBytes();
        for (int i = frames * params.frameBytes(); i > 0; i--) {
            dst.put(BytePattern.at(SEED, place++));
        }
        return frames;
    }

    @Override
    public void skip(long frames, long dueFrames) {
        framesSkipped += frames;
        place += frames * params.frameBytes();
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** What it was opened with. */
    public PcmParams params() {
        return params;
    }

    /** The stream it was opened for. */
    public String streamName() {
        return streamName;
    }

    /** Frames dropped because the driver came too late. */
    public long framesSkipped() {
        return framesSkipped;
    }

    /** Calls of start. */
    public int starts() {
        return starts;
    }

    /** Calls of pause. */
    public int pauses() {
        return pauses;
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return closed;
    }
}
