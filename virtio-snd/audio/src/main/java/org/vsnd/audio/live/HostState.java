// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

/** What a host stream should do, as its {@link LivePlayback} or {@link LiveCapture} wants it. */
public enum HostState {
    /** Play, with silence where there are no frames, or record. */
    RUN,
    /** Pause and keep what was written. */
    HOLD,
    /** Hold nothing of the host until there is something to do again. */
    REST,
    /** No longer wanted: close it. */
    CLOSE
}
