// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.trace.tape.TapeSink;

/**
 * What a guest gave to be played, stage by stage, beside what the host was given: whether every byte came, in order, and how
 * often there was silence in the middle of a stage. The guest's bytes are one unbroken pattern without zeros.
 */
final class HeardStages {
    private static final long SEED = 21;
    private static final int SURE_BYTES = 8;

    private record Stage(long from, long to, boolean cut) {}

    private final List<Stage> stages = new ArrayList<>();
    private long given;
    private long stageFrom;

    /** The next bytes for the guest. */
    byte[] next(int bytes) {
        byte[] next = BytePattern.bytes(SEED, given, bytes);
        given += bytes;
        return next;
    }

    /** A sound has ended; the next one begins. */
    void endStage() {
        end(false);
    }

    /** A sound was stopped in the middle: what was given last may never be heard. */
    void endCutStage() {
        end(true);
    }

    private void end(boolean cut) {
        stages.add(new Stage(stageFrom, given, cut));
        stageFrom = given;
    }

    /** Bytes given so far. */
    long given() {
        return given;
    }

    /**
     * What came of it.
     *
     * @param gaps silence between two bytes of one stage
     * @param fault the first byte out of place, in words; empty: there is none
     */
    record Verdict(int gaps, String fault) {}

    /** Compares with what came out of the guest's sinks, in the order in which they were opened. */
    Verdict compare(List<TapeSink> sinks) {
        Comparison comparison = new Comparison();
        for (TapeSink sink : sinks) {
            comparison.take(sink);
        }
        return comparison.verdict();
    }

    private final class Comparison {
        private long place; // of the byte of the pattern that comes next
        private int stage;
        private int gaps;
        private boolean silent = true;
        private String fault = "";

        void take(TapeSink sink) {
            byte[] bytes = sink.tape();
            List<Integer> gapPlaces = sink.gapPlaces();
            int nextGap = 0;
            for (int i = 0; i < bytes.length && fault.isEmpty(); i++) {
                while (nextGap < gapPlaces.size() && gapPlaces.get(nextGap) <= i) {
                    silent = true;
                    nextGap++;
                }
                if (bytes[i] == 0) {
                    silent = true;
                } else {
                    takeByte(bytes, i);
                }
            }
            silent = true;
        }

        private void takeByte(byte[] bytes, int at) {
            enterStage();
            boolean resumes = place != stages.get(stage).from;
            while (!isNext(bytes, at)) {
                if (stage == stages.size() - 1 || !stages.get(stage).cut) {
                    fault = "byte " + place + " of the sound is not there";
                    return;
                }
                stage++;
                place = stages.get(stage).from;
                resumes = false;
            }
            if (silent && resumes) {
                gaps++;
            }
            silent = false;
            place++;
        }

        /** Where any byte may be missing, one that fits by chance is not enough. */
        private boolean isNext(byte[] bytes, int at) {
            int count = stages.get(stage).cut ? SURE_BYTES : 1;
            for (int i = 0; i < count && at + i < bytes.length && bytes[at + i] != 0; i++) {
                boolean inStage = i == 0 || place + i < stages.get(stage).to;
                if (inStage && (place + i >= given || BytePattern.at(SEED, place + i) != bytes[at + i])) {
                    return false;
                }
            }
            return true;
        }

        private void enterStage() {
            while (stage < stages.size() - 1 && place >= stages.get(stage).to) {
                stage++;
            }
        }

        Verdict verdict() {
            enterStage();
            if (fault.isEmpty() && place < given && !stages.get(stage).cut) {
                fault = "the sound ends at byte " + place + " of " + given;
            }
            return new Verdict(gaps, fault);
        }
    }
}
