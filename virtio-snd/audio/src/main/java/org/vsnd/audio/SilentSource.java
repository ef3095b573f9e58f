// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.nio.ByteBuffer;

/** Never delivers a frame; the device fills in silence. Follows the device's clock. */
public final class SilentSource implements AudioSource {
    private final boolean makeshift;

    public SilentSource() {
        this(false);
    }

    /** @param makeshift as {@link AudioSource#isMakeshift} */
    public SilentSource(boolean makeshift) {
        this.makeshift = makeshift;
    }

    @Override
    public boolean isMakeshift() {
        return makeshift;
    }

    @Override
    public long latencyFrames() {
        return 0;
    }

    @Override
    public void start() {}

    @Override
    public void pause() {}

    @Override
    public int read(ByteBuffer dst, long dueFrames) {
        return 0;
    }

    @Override
    public void skip(long frames, long dueFrames) {}

    @Override
    public PositionReports reports() {
        return PositionReports.NONE;
    }

    @Override
    public void close() {}
}
