// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

/**
 * A stream as operators, logs and host audio know it.
 *
 * @param number among those of its direction, from 0
 */
record StreamName(boolean output, int number) {
    /** In options: {@code output0}. */
    String suffix() {
        return direction() + number;
    }

    /** In logs, and where the device opens host audio: {@code output 0}. */
    String words() {
        return direction() + " " + number;
    }

    private String direction() {
        return output ? "output" : "input";
    }
}
