// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.List;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.HeardPattern.Run;

/** Which frame of the pattern each frame of a recording is. */
final class RecordedFrames {
    private final List<Run> runs;

    RecordedFrames(HeardPattern heard) {
        runs = heard.runs();
    }

    /** The pattern's frame at a place of the recording; -1 if there is none of it. */
    long frameAt(long place) {
        for (Run run : runs) {
            if (place >= run.at() && place < (long) run.at() + run.frames()) {
                return run.first() + (place - run.at());
            }
        }
        return -1;
    }

    /** How often something came between two frames of the pattern, or one was lost, from a place of the recording on. */
    long breaksFrom(long place) {
        return runs.stream().skip(1).filter(run -> run.at() >= place).count();
    }
}
