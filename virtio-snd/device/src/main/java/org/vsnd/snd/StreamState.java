// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** A PCM stream's state: the last successful command, 5.14.6.6.1. */
public enum StreamState {
    /** Nothing set since power-on or reset. */
    INITIAL,
    SET_PARAMS,
    PREPARED,
    STARTED,
    STOPPED,
    RELEASED;

    /** Whether the specification's table of transitions allows a command in this state (SND-50). */
    boolean allows(PcmCommand command) {
        return switch (this) {
            case INITIAL -> command == PcmCommand.SET_PARAMS;
            case SET_PARAMS, RELEASED -> command == PcmCommand.SET_PARAMS || command == PcmCommand.PREPARE;
            case PREPARED -> command != PcmCommand.STOP;
            case STARTED -> command == PcmCommand.STOP;
            case STOPPED -> command == PcmCommand.START || command == PcmCommand.RELEASE;
        };
    }

    /** Whether messages are taken: between PREPARE and RELEASE (SND-80). */
    boolean takesMessages() {
        return this == PREPARED || this == STARTED || this == STOPPED;
    }
}
