// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.Playout;

/** A playback stream that PulseAudio cannot play: silence at nominal pace. */
final class SilentPlayout implements EngineSide {
    private final Playout playout;
    private boolean lostSaid;

    SilentPlayout(Playout playout) {
        this.playout = playout;
    }

    @Override
    public HostState wanted(long nowNanos) {
        return playout.wanted(nowNanos);
    }

    @Override
    public void idle(long nowNanos) {
        if (!lostSaid) {
            lostSaid = true;
            playout.lost(nowNanos);
        }
        playout.idle(nowNanos);
    }
}
