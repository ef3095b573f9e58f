// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A stream's volume that the host's mixer shows and may change, between the device thread and a back end's audio thread. Each
 * leaves the latest level for the other, without waiting. What was set last, by the device or at the host, is set again whenever the
 * host's stream is made anew.
 */
public final class HostVolume {
    /**
     * How loud a stream is.
     *
     * @param gains 0..1 for each channel
     * @param muted whether it is silent, whatever they are
     */
    public record Level(List<Double> gains, boolean muted) {
        public Level {
            gains = List.copyOf(gains);
        }

        /** The factor of one of a number of channels: mono has the greatest. */
        public double gain(int channel, int channels) {
            if (channels == 1) {
                return gains.stream().mapToDouble(gain -> gain).max().orElse(1);
            }
            return channel < gains.size() ? gains.get(channel) : 1;
        }
    }

    private final Runnable changed;
    private final AtomicReference<@Nullable Level> reported = new AtomicReference<>();
    private volatile Level wanted = new Level(List.of(), false);
    private volatile Runnable wake = () -> {};

    /** @param changed run on an audio thread when there is something to take: neither blocks nor throws */
    public HostVolume(Runnable changed) {
        this.changed = changed;
    }

    /** A stream of the host has the volume from now on. Any thread. */
    public void tiedTo(Runnable wakeUp) {
        wake = wakeUp;
    }

    /** Device thread: the host is to have this level. */
    public void want(Level level) {
        reported.set(null); // it was there before
        wanted = level;
        wake.run();
    }

    /** Device thread: what the host was set to since the last time; null if it was not. */
    public @Nullable Level takeReported() {
        return reported.getAndSet(null);
    }

    /** Audio thread: the level that the device wanted last. */
    public Level wanted() {
        return wanted;
    }

    /** Audio thread: somebody has set the host to this level. */
    public void report(Level level) {
        reported.set(level);
        changed.run();
    }
}
