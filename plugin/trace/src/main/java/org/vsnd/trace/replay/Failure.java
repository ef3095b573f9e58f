// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

/**
 * Something the card did wrong.
 *
 * @param line of the trace, from 1; 0: not of one line
 */
public record Failure(int line, String what, String expected, String came) {
    @Override
    public String toString() {
        return (line > 0 ? "line " + line + ": " : "") + what + ": expected " + expected + ", came " + came;
    }
}
