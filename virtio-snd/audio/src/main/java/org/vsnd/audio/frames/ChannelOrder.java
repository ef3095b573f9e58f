// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;
import java.util.List;
import org.vsnd.audio.ChannelPosition;

/**
 * From one order of channels to another. A position that both have is found by its name; channels that remain fill the
 * places that remain, in their order, so that no channel is lost. One thread; no allocation after construction.
 */
public final class ChannelOrder {
    private final int[] sources; // of each channel
    private final boolean same;
    private byte[] frame = {};

    private ChannelOrder(int[] sources) {
        this.sources = sources;
        boolean inPlace = true;
        for (int i = 0; i < sources.length; i++) {
            inPlace &= sources[i] == i;
        }
        same = inPlace;
    }

    /** The way between two lists of the same length. */
    public static ChannelOrder between(List<ChannelPosition> from, List<ChannelPosition> to) {
        int channels = from.size();
        if (to.size() != channels) {
            throw new IllegalArgumentException(from + " to " + to);
        }
        int[] sources = new int[channels];
        boolean[] used = new boolean[channels];
        for (int i = 0; i < channels; i++) {
            sources[i] = unused(from, to.get(i), used);
        }
        int next = 0;
        for (int i = 0; i < channels; i++) {
            if (sources[i] < 0) {
                while (used[next]) {
                    next++;
                }
                sources[i] = next;
                used[next] = true;
            }
        }
        return new ChannelOrder(sources);
    }

    private static int unused(List<ChannelPosition> from, ChannelPosition wanted, boolean[] used) {
        for (int i = 0; i < used.length; i++) {
            if (!used[i] && from.get(i) == wanted) {
                used[i] = true;
                return i;
            }
        }
        return -1;
    }

    /** Whether every channel stays where it is. */
    public boolean isSame() {
        return same;
    }

    /** Reorders whole frames, from position to limit. */
    public void apply(ByteBuffer frames, int sampleBytes) {
        if (same) {
            return;
        }
        int frameBytes = sources.length * sampleBytes;
        if (frame.length != frameBytes) {
            frame = new byte[frameBytes];
        }
        for (int at = frames.position(); at + frameBytes <= frames.limit(); at += frameBytes) {
            frames.get(at, frame);
            for (int i = 0; i < sources.length; i++) {
                frames.put(at + i * sampleBytes, frame, sources[i] * sampleBytes, sampleBytes);
            }
        }
    }
}
