// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/** Takes everything at once and discards it. Goes by the device's clock. */
public final class NullSink implements AudioSink {
    private final PcmParams params;
    private final boolean makeshift;

    public NullSink(PcmParams params) {
        this(params, false);
    }

    /** @param makeshift as {@link AudioSink#isMakeshift} */
    public NullSink(PcmParams params, boolean makeshift) {
        this.params = params;
        this.makeshift = makeshift;
    }

    @Override
    public long targetFrames() {
        return params.targetFrames();
    }

    @Override
    public int write(ByteBuffer frames) {
        int taken = frames.remaining() / params.frameBytes();
        frames.position(frames.position() + taken * params.frameBytes());
        return taken;
    }

    @Override
    public void gap(long frames) {}

    @Override
    public void start() {}

    @Override
    public void pause() {}

    @Override
    public void drain() {}

    @Override
    public boolean isMakeshift() {
        return makeshift;
    }

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {}
}
