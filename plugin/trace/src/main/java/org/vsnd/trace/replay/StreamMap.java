// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.Arrays;
import java.util.List;

/**
 * Which stream of this card is which stream of the traced one: the n-th output is the n-th output. This card has its
 * outputs first, as QEMU has.
 */
final class StreamMap {
    private final boolean[] outputs; // by traced id
    private final int[] ours;
    private final int[] traced;

    /** @param outputs by the traced card's ids: whether that stream plays */
    StreamMap(List<Boolean> outputs) {
        this.outputs = new boolean[outputs.size()];
        ours = new int[outputs.size()];
        traced = new int[outputs.size()];
        int nextOutput = 0;
        int nextInput = (int) outputs.stream().filter(output -> output).count();
        for (int id = 0; id < ours.length; id++) {
            this.outputs[id] = outputs.get(id);
            ours[id] = outputs.get(id) ? nextOutput++ : nextInput++;
            traced[ours[id]] = id;
        }
    }

    int count() {
        return ours.length;
    }

    int outputCount() {
        int count = 0;
        for (boolean output : outputs) {
            count += output ? 1 : 0;
        }
        return count;
    }

    /** Whether a stream of this card plays. */
    boolean isOutput(int ourId) {
        return ourId < outputCount();
    }

    /** Which of its direction a stream of this card is. */
    int ordinal(int ourId) {
        return isOutput(ourId) ? ourId : ourId - outputCount();
    }

    /** This card's id for a traced one, which may be a number that is no stream's: that it stays. */
    int ours(int tracedId) {
        return tracedId >= 0 && tracedId < ours.length ? ours[tracedId] : tracedId;
    }

    /** The traced id of a stream of this card. */
    int traced(int ourId) {
        return traced[ourId];
    }

    /** The lowest of this card's ids for a range of traced ones; -1 if they are not a range here. */
    int firstOf(int tracedStart, int count) {
        int[] ids = Arrays.copyOfRange(ours, tracedStart, tracedStart + count);
        Arrays.sort(ids);
        return count == 0 || ids[count - 1] - ids[0] == count - 1 ? (count == 0 ? 0 : ids[0]) : -1;
    }
}
