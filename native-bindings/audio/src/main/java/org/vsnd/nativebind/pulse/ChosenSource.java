// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.SourceChoice;

/**
 * Which of several sources a recording is connected to: it is moved at the server as is chosen, and what somebody moves there is
 * chosen. A source that the server does not have leaves it where it is. Main loop's thread only; allocates only when it is moved.
 */
final class ChosenSource {
    private static final Logger LOG = System.getLogger(ChosenSource.class.getName());
    /** Moves are at least so far apart: each one disturbs the recording, and a guest may ask for any number. */
    private static final long MOVES_NANOS = 50_000_000;

    private final String streamName;
    private final PulseConnection connection;
    private final List<String> sources;
    private final SourceChoice choice;
    private final AudioBudget budget;
    private final LibPulse.SuccessCallback answer = (c, success, userdata) -> moved = success != 0;

    /** The number of the source that the stream is connected to, or is being moved to. */
    private int current;

    private int before; // where it was
    private boolean ours; // the server's next move is what was asked for
    private long operation;
    private long askedNanos;
    private boolean moved;

    /** @param sources as the server names them */
    ChosenSource(
            String streamName,
            PulseConnection connection,
            List<String> sources,
            SourceChoice choice,
            AudioBudget budget) {
        this.streamName = streamName;
        this.connection = connection;
        this.sources = sources;
        this.choice = choice;
        this.budget = budget;
    }

    /** The source to connect a new stream to. */
    byte[] connect() {
        end();
        ours = false;
        current = choice.chosen();
        return name(current);
    }

    private byte[] name(int source) {
        return PulseLibrary.cString(sources.get(source));
    }

    /** Whether another source was chosen than that of the stream. */
    boolean isAnother() {
        return choice.chosen() != current;
    }

    /**
     * The server has moved the stream to this source.
     *
     * @return whether that was wanted here
     */
    boolean isOurs(String source) {
        int now = sources.indexOf(source);
        if (ours && now == current) {
            ours = false;
            return true;
        }
        if (now >= 0) {
            choice.moved(current, now);
            current = now;
        }
        return false;
    }

    /** Does what is due for a stream that the server has. */
    void step(int streamIndex, long nowNanos) {
        if (operation != 0) {
            if (LibPulse.pa_operation_get_state(operation) == LibPulse.PA_OPERATION_RUNNING) {
                return;
            }
            end();
            if (!moved) {
                refused(nowNanos);
            }
        }
        int wanted = choice.chosen();
        if (wanted != current && nowNanos - askedNanos >= MOVES_NANOS) {
            before = current;
            current = wanted;
            ours = true;
            moved = false;
            askedNanos = nowNanos;
            operation = LibPulse.pa_context_move_source_output_by_name(
                    connection.context(), streamIndex, name(wanted), answer, 0);
            if (operation == 0) {
                refused(nowNanos);
            }
        }
    }

    private void refused(long nowNanos) {
        int refused = current;
        current = before;
        ours = false;
        choice.moved(refused, before);
        if (budget.mayLog(nowNanos)) {
            LOG.log(
                    Level.WARNING,
                    streamName + " cannot be recorded from " + sources.get(refused) + " and stays with "
                            + sources.get(before) + ": " + connection.error());
        }
    }

    /** The stream is gone, or will be: nothing is awaited any more. */
    void end() {
        if (operation != 0) {
            LibPulse.pa_operation_cancel(operation);
            LibPulse.pa_operation_unref(operation);
            operation = 0;
        }
    }
}
