// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

/** What a host stream should do, as its {@link Playout} or {@link Recording} wants it. */
public enum HostState {
    /** Play or record; what there is not to play is silence. */
    RUN,
    /** Stand still and keep what was written. */
    HOLD,
    /** Keep nothing of the host's until there is something to do again. */
    REST,
    /** Nobody wants it any more: close it. */
    CLOSE
}
