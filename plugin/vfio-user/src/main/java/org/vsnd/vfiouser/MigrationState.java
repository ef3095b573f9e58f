// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

/** The states of a device that can be migrated which this server knows; those of enum {@code vfio_device_mig_state}. */
enum MigrationState {
    /** The device has failed; only DEVICE_RESET helps. */
    ERROR(0),
    /** The device stands: it touches neither memory nor interrupts, and its time does not pass. */
    STOP(1),
    /** The device runs. */
    RUNNING(2),
    /** The device stands, and its state can be read. */
    STOP_COPY(3),
    /** The device stands, and a state can be written. */
    RESUMING(4);

    private static final MigrationState[] ALL = values();

    private final int number;

    MigrationState(int number) {
        this.number = number;
    }

    /** {@code device_state} of the protocol. */
    int number() {
        return number;
    }

    /** The state that a client asks for; {@link #ERROR} for none that it can have. */
    static MigrationState wanted(int number) {
        for (MigrationState state : ALL) {
            if (state.number == number) {
                return state;
            }
        }
        return ERROR;
    }
}
