// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.card;

import org.vsnd.guest.driver.SndWire;

/** Where a stream is in its life cycle, VIRTIO 1.4 section 5.14.6.6.1: named for the last command that was granted. */
public enum PcmState {
    INITIAL,
    SET_PARAMS,
    PREPARED,
    STARTED,
    STOPPED,
    RELEASED;

    /** Whether the standard's table of transitions has this command in this state. */
    public boolean allows(int code) {
        return switch (this) {
            case INITIAL -> code == SndWire.R_PCM_SET_PARAMS;
            case SET_PARAMS, RELEASED -> code == SndWire.R_PCM_SET_PARAMS || code == SndWire.R_PCM_PREPARE;
            case PREPARED -> code != SndWire.R_PCM_STOP;
            case STARTED -> code == SndWire.R_PCM_STOP;
            case STOPPED -> code == SndWire.R_PCM_START || code == SndWire.R_PCM_RELEASE;
        };
    }

    /** Whether a command that is not in the table can only mean a RELEASE that is missing, or came before. */
    public boolean isForgiven(int code) {
        return switch (this) {
            case STOPPED -> code == SndWire.R_PCM_SET_PARAMS || code == SndWire.R_PCM_PREPARE;
            case RELEASED -> code == SndWire.R_PCM_RELEASE;
            default -> false;
        };
    }

    /** The state after a command was granted; for any other code the same. */
    public PcmState after(int code) {
        return switch (code) {
            case SndWire.R_PCM_SET_PARAMS -> SET_PARAMS;
            case SndWire.R_PCM_PREPARE -> PREPARED;
            case SndWire.R_PCM_START -> STARTED;
            case SndWire.R_PCM_STOP -> STOPPED;
            case SndWire.R_PCM_RELEASE -> RELEASED;
            default -> this;
        };
    }

    /** Whether messages may be with the card. */
    public boolean takesMessages() {
        return this == PREPARED || this == STARTED || this == STOPPED;
    }
}
