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

    /**
     * Whether a command is allowed in this state: by the specification's table of transitions (SND-50), or because the
     * driver means a RELEASE that it leaves out, or has sent before.
     *
     * @param strict whether the table decides alone
     */
    boolean allows(PcmCommand command, boolean strict) {
        boolean understood = isReleasedBy(command) || (this == RELEASED && command == PcmCommand.RELEASE);
        return isInTable(command) || (understood && !strict);
    }

    /** Whether a command must release the stream first: the table has no other way from here. */
    boolean isReleasedBy(PcmCommand command) {
        return this == STOPPED && (command == PcmCommand.SET_PARAMS || command == PcmCommand.PREPARE);
    }

    private boolean isInTable(PcmCommand command) {
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
