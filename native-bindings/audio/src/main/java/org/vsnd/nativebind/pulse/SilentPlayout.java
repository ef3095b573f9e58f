// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import org.vsnd.audio.live.HostState;
import org.vsnd.audio.live.LivePlayback;

/** A playback stream that PulseAudio cannot play: silence at nominal pace. */
final class SilentPlayout implements EngineSide {
    private final LivePlayback playback;
    private boolean lostSaid;

    SilentPlayout(LivePlayback playback) {
        this.playback = playback;
    }

    @Override
    public HostState wanted(long nowNanos) {
        return playback.wanted(nowNanos);
    }

    @Override
    public void idle(long nowNanos) {
        if (!lostSaid) {
            lostSaid = true;
            playback.lost(nowNanos);
        }
        playback.idle(nowNanos);
    }
}
