// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

/**
 * Something in which the card differs from the traced one, as it may.
 *
 * @param line of the trace where it was seen first, from 1
 * @param count how often it was seen
 * @param why which rule makes it the card's right
 * @param traced what the traced card had, the first time
 * @param came what this card had
 */
public record Difference(int line, long count, String what, String why, String traced, String came) {
    Difference again() {
        return new Difference(line, count + 1, what, why, traced, came);
    }

    @Override
    public String toString() {
        return "line " + line + (count > 1 ? " and " + (count - 1) + " more" : "") + ": " + what + ": traced " + traced
                + ", here " + came + " (" + why + ")";
    }
}
