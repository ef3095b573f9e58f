// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** What a driver may control of a stream. */
public enum StreamControl {
    /** How loud each channel is. */
    VOLUME,
    /** Whether each channel is heard at all. */
    MUTE,
    /** What it is recorded from, if there are several sources. */
    SOURCE
}
