// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * What PCM_STOP does with messages that are pending. The standard says nothing of it, and drivers differ: to some it is
 * a pause, others wait for their messages before they send PCM_RELEASE, or never send it.
 */
public enum StopRule {
    /** They stay, and START goes on with them: Linux. */
    KEEP,
    /** Those to be recorded go back, the first with what was recorded until then: all that Windows needs. */
    INPUTS,
    /** All go back; what was to be played plays out: RT-Thread, and Windows with the audio class extension. */
    ALL;

    boolean givesBack(boolean output) {
        return this == ALL || (this == INPUTS && !output);
    }
}
