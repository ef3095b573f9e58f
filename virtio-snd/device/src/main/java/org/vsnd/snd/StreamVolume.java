// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.frames.GainStage;

/**
 * Makes a stream as loud as it is set: by its {@link GainStage}, or by the host's volume for the stream, as {@link VolumeRule} and the
 * host allow. Device thread only; what the host is told is allocated.
 */
final class StreamVolume {
    final GainStage gain;
    private final @Nullable HostVolume host;
    private final double[] unity;
    private final double[] heard;
    private final double[] volumes;
    private boolean muted;
    private boolean atHost;

    /** @param hostChanged run on any thread when the host's volume was changed there */
    StreamVolume(int mostChannels, VolumeRule rule, Runnable hostChanged) {
        gain = new GainStage(mostChannels);
        host = rule == VolumeRule.HOST ? new HostVolume(hostChanged) : null;
        unity = new double[mostChannels];
        Arrays.fill(unity, 1);
        heard = unity.clone();
        volumes = unity.clone();
    }

    /**
     * Sets one channel; {@link #apply} comes after the last.
     *
     * @param factor 0..1
     * @param on whether it is heard at all
     */
    void set(int channel, double factor, boolean on) {
        heard[channel] = on ? factor : 0;
        volumes[channel] = factor;
    }

    /**
     * What was set is to be heard.
     *
     * @param allMuted no channel is on: a host can say so, and keep the volumes
     * @param fromHost it comes from the host, which has it already
     */
    void apply(boolean allMuted, boolean fromHost) {
        muted = allMuted;
        gain.change(atHost ? unity : heard);
        if (atHost && !fromHost) {
            tellHost();
        }
    }

    private void tellHost() {
        HostVolume to = host;
        if (to != null) {
            List<Double> gains = new ArrayList<>();
            for (double factor : muted ? volumes : heard) {
                gains.add(factor);
            }
            to.want(new HostVolume.Level(gains, muted));
        }
    }

    /**
     * The host's audio was opened.
     *
     * @param tie asks it to take a volume
     */
    void opened(Predicate<HostVolume> tie) {
        HostVolume to = host;
        if (to != null) {
            atHost = tie.test(to);
            gain.change(atHost ? unity : heard);
            if (atHost) {
                tellHost();
            }
        }
    }

    /** What the host was set to since the last time; null if it was not, or is not asked. */
    HostVolume.@Nullable Level takeHostLevel() {
        HostVolume from = host;
        return from == null || !atHost ? null : from.takeReported();
    }
}
