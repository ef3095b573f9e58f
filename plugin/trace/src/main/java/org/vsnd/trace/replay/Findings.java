// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a replay has found so far: failures, differences that are the card's right, and how much was compared.
 *
 * <p>Who finds them: {@link ConfigReplay}, {@link BarReplay} and {@link CommonReplay} for what registers say;
 * {@link RingPlayer} and {@link TracePlayer} for a guest that is left waiting; {@link ControlJudge} for replies;
 * {@link MessageJudge}, {@link PlaybackJudge} and {@link CaptureJudge} for messages, their times and their samples;
 * {@link CardJudge} and {@link Replay} for the end.
 */
final class Findings {
    private static final int MAX_FAILURES = 100;
    private static final int MAX_DIFFERENCES = 200;

    private final List<Failure> failures = new ArrayList<>();
    private final Map<String, Difference> differences = new LinkedHashMap<>();
    private long failureCount;
    private long accesses;
    private long controlReplies;
    private long messages;
    private long interrupts;
    private long soundFrames;
    private long silentFrames;
    private long recordedFrames;
    private long inventedBuffers;

    /** The card has not done what it must. */
    void fail(int line, String what, String expected, String came) {
        failureCount++;
        if (failures.size() < MAX_FAILURES) {
            failures.add(new Failure(line, what, expected, came));
        }
    }

    /**
     * The card differs from the traced one, as it may.
     *
     * @param what the same words for the same kind of difference: only the first of a kind is kept, and counted
     * @param why which rule makes it the card's right
     */
    void differ(int line, String what, String why, String traced, String came) {
        Difference known = differences.get(what);
        if (known != null) {
            differences.put(what, known.again());
        } else if (differences.size() < MAX_DIFFERENCES) {
            differences.put(what, new Difference(line, 1, what, why, traced, came));
        }
    }

    void countAccess() {
        accesses++;
    }

    void countControlReply() {
        controlReplies++;
    }

    void countMessage() {
        messages++;
    }

    void countInterrupt() {
        interrupts++;
    }

    void countSound(long frames, long silence) {
        soundFrames += frames;
        silentFrames += silence;
    }

    void countRecorded(long frames) {
        recordedFrames += frames;
    }

    void countInvented() {
        inventedBuffers++;
    }

    boolean failed() {
        return failureCount > 0;
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    List<Difference> differences() {
        return List.copyOf(differences.values());
    }

    Counts counts() {
        return new Counts(
                accesses,
                controlReplies,
                messages,
                interrupts,
                soundFrames,
                silentFrames,
                recordedFrames,
                inventedBuffers,
                failureCount);
    }
}
