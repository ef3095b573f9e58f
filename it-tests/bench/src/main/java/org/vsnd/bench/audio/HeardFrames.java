// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.List;
import org.vsnd.it.server.PipeTimes;
import org.vsnd.measure.sound.HeardPattern;
import org.vsnd.measure.sound.HeardPattern.Run;

/** When each frame of the pattern was heard: what a converter read, and when it did. */
final class HeardFrames {
    private final List<Run> runs;
    private final PipeTimes times;

    HeardFrames(HeardPattern heard, PipeTimes times) {
        runs = heard.runs();
        this.times = times;
    }

    /** When a frame of the pattern was heard first, in nanoseconds of the monotonic clock; NaN if it was not. */
    double nanosOf(long frame) {
        for (Run run : runs) {
            if (frame >= run.first() && frame < (long) run.first() + run.frames()) {
                return times.nanosOf(run.at() + (frame - run.first()));
            }
        }
        return Double.NaN;
    }

    /** When what follows a frame was, or would have been, heard: the frame's end. */
    double endOf(long frame) {
        return nanosOf(frame) + times.nanosPerFrame();
    }

    /** How often something came between two frames of the pattern, or one was lost, from a frame on. */
    long breaksFrom(long frame) {
        return runs.stream().skip(1).filter(run -> run.first() >= frame).count();
    }

    /** The first of those breaks: where in the pattern, what was put in, what was lost; empty if there is none. */
    String firstBreakFrom(long frame) {
        for (int i = 1; i < runs.size(); i++) {
            Run before = runs.get(i - 1);
            Run after = runs.get(i);
            if (after.first() >= frame) {
                int end = before.first() + before.frames();
                return "at frame " + end + ": " + (after.at() - before.at() - before.frames()) + " put in, "
                        + (after.first() - end) + " lost";
            }
        }
        return "";
    }

    /** Frames of its time that the converter found nothing to read for, after a frame of the pattern. */
    long missesFrom(long frame) {
        long from = Long.MAX_VALUE;
        for (Run run : runs) {
            if (run.first() + (long) run.frames() > frame) {
                from = run.at() + Math.max(0, frame - run.first());
                break;
            }
        }
        long start = from;
        return times.misses().stream()
                .filter(miss -> miss.frame() >= start)
                .mapToLong(PipeTimes.Miss::frames)
                .sum();
    }
}
