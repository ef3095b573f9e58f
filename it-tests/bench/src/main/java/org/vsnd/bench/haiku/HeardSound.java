// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.List;
import org.vsnd.measure.sound.HeardPattern;

/**
 * How whole what was heard is.
 *
 * @param frames of the pattern that were heard
 * @param breaks how often it did not go on at once
 * @param lost frames that were handed over and not heard, or heard again
 * @param strange frames that are neither silent nor the pattern's
 */
record HeardSound(long frames, long breaks, long lost, long strange) {
    /**
     * Holds what was heard against what was played.
     *
     * @param playedFrames how many of the pattern's frames, from its first
     */
    static HeardSound of(HeardPattern heard, int playedFrames) {
        List<HeardPattern.Run> runs = heard.runs();
        if (runs.isEmpty()) {
            return new HeardSound(0, 0, playedFrames, heard.strangeFrames());
        }
        HeardPattern.Run last = runs.get(runs.size() - 1);
        long lost = runs.get(0).first() + Math.abs((long) playedFrames - last.first() - last.frames());
        for (HeardPattern.Gap gap : heard.gaps()) {
            lost += Math.abs(gap.lost());
        }
        return new HeardSound(heard.heardFrames(), runs.size() - 1, lost, heard.strangeFrames());
    }

    /** Whether every frame was heard once and in order, with silence in between perhaps. */
    boolean complete() {
        return lost == 0 && strange == 0;
    }

    /** Whether every frame was heard once, in one piece. */
    boolean exact() {
        return complete() && breaks == 0;
    }
}
