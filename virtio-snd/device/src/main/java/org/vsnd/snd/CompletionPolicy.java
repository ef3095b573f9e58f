// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** When a playback message is done. Frames are counted as the host is fed, see {@link StreamClock}. */
public enum CompletionPolicy {
    /** When the host must have been fed its last frame: at the pace of the host's clock, {@code target} before it is heard. */
    PACED,
    /** When its last frame has been heard. */
    PLAYED,
    /** When it has been copied, as other devices do; for comparison. */
    COPIED
}
