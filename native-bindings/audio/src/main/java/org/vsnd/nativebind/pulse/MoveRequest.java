// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/** What was asked of the server last: to move a recording to a source. Main loop's thread only; allocates only when it is asked. */
final class MoveRequest {
    private final PulseConnection connection;
    private final LibPulse.SuccessCallback answer = (c, success, userdata) -> granted = success != 0;

    private long operation;
    private boolean granted;

    MoveRequest(PulseConnection connection) {
        this.connection = connection;
    }

    /** Asks; whether that could be sent. */
    boolean ask(int streamIndex, String source) {
        granted = false;
        operation = LibPulse.pa_context_move_source_output_by_name(
                connection.context(), streamIndex, PulseLibrary.cString(source), answer, 0);
        return operation != 0;
    }

    /** Whether it was asked and {@link #end} has not been called. */
    boolean isOpen() {
        return operation != 0;
    }

    /** Whether the answer has yet to come. */
    boolean isRunning() {
        return isOpen() && LibPulse.pa_operation_get_state(operation) == LibPulse.PA_OPERATION_RUNNING;
    }

    /** Nothing is awaited any more; whether the server has granted it. Idempotent. */
    boolean end() {
        if (operation != 0) {
            LibPulse.pa_operation_cancel(operation);
            LibPulse.pa_operation_unref(operation);
            operation = 0;
        }
        return granted;
    }

    /** What the server said against it. */
    String refusal() {
        return connection.error();
    }
}
