// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.audio.frames.GainStage;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/** A change of a stream's volume that is under way, in a snapshot. */
final class SavedRamp {
    private static final int FRAMES_MAX = 1 << 20; // the stage knows better

    private SavedRamp() {}

    static void save(GainStage gain, int channels, SnapshotWriter out) {
        out.i32(gain.leftFrames());
        for (int channel = 0; channel < channels; channel++) {
            out.i64(Double.doubleToLongBits(gain.from(channel)));
        }
    }

    /** Reads what {@link #save} wrote, and changes nothing. */
    static Runnable load(SnapshotReader in, GainStage gain, int channels) throws SnapshotException {
        int left = in.i32("frames of a change of volume", 0, FRAMES_MAX);
        double[] before = new double[channels];
        for (int channel = 0; channel < channels; channel++) {
            before[channel] = Double.longBitsToDouble(in.any64("a volume"));
            in.require(before[channel] >= 0 && before[channel] <= 1, "a volume is above that of the sound");
        }
        return () -> gain.resume(left, before);
    }
}
