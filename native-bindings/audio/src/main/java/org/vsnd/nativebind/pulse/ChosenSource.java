// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.SourceChoice;

/**
 * Which of several sources a recording is connected to: it is moved at the server as is chosen, and what somebody moves there is
 * chosen. A source that the server does not have leaves it where it is. Main loop's thread only; allocates only when it is moved.
 */
final class ChosenSource {
    /** Moves are at least so far apart: each one disturbs the recording, and a guest may ask for any number. */
    static final long MOVES_NANOS = 50_000_000;

    /** For so long after a move was asked for the server may tell of it, and of those before it. */
    static final long SETTLE_NANOS = 1_000_000_000;

    private static final Logger LOG = System.getLogger(ChosenSource.class.getName());
    private static final int NONE = -1;

    private final String streamName;
    private final List<String> sources;
    private final SourceChoice choice;
    private final AudioBudget budget;
    private final MoveRequest request;
    /** What the server calls each one, which is another name if it was given by an alias. */
    private final String[] devices;

    private final boolean[] asked; // a move to it was, and may yet be told of
    private long askedNanos;
    private long movedSaidNanos;

    /** The number of the source that the stream is connected to, or is being moved to. */
    private int current;

    private int before; // where it was
    private boolean awayBefore;
    private boolean away; // it is on a device that is none of them, instead of the current one
    private boolean untold; // the server has not told of the last move
    private int late = NONE; // a move that the server has told of, and that may be an old one

    /** @param sources as the server names them */
    ChosenSource(
            String streamName,
            PulseConnection connection,
            List<String> sources,
            SourceChoice choice,
            AudioBudget budget) {
        this.streamName = streamName;
        this.sources = sources;
        this.choice = choice;
        this.budget = budget;
        request = new MoveRequest(connection);
        devices = sources.toArray(String[]::new);
        asked = new boolean[devices.length];
    }

    /** The source to connect a new stream to. */
    byte[] connect() {
        end();
        forgetMoves();
        away = false;
        current = choice.chosen();
        return PulseLibrary.cString(sources.get(current));
    }

    private void forgetMoves() {
        Arrays.fill(asked, false);
        untold = false;
        late = NONE;
    }

    /** Whether another source was chosen than that of the stream. */
    boolean isAnother() {
        return choice.chosen() != current || (away && !choice.isElsewhere());
    }

    /** The new stream is on this device. PipeWire's server takes another one where it does not have what it is asked for. */
    void begins(String device, long nowNanos) {
        if (isAlias(current)) {
            devices[current] = device;
        }
        int now = numberOf(device);
        if (now != current) {
            warn(" is recorded from " + device + " instead of " + sources.get(current), nowNanos);
            accept(now);
        }
    }

    /** The server has moved the stream to this device. */
    void moved(String device, long nowNanos) {
        boolean recent = nowNanos - askedNanos < SETTLE_NANOS;
        int now = numberOf(device);
        if (recent && untold && isAlias(current) && (now == NONE || !asked[now])) {
            devices[current] = device;
            now = current;
        }
        late = NONE;
        if (now == current && recent) {
            untold = false;
            away = false;
        } else if (now != NONE && now != current && recent && asked[now]) {
            late = now;
        } else {
            if (nowNanos - movedSaidNanos >= SETTLE_NANOS) { // the card's budget is left for what is refused
                movedSaidNanos = nowNanos;
                LOG.log(Level.INFO, streamName + " was moved to " + device);
            }
            accept(now);
        }
    }

    /** The stream is on this one, without having been asked to. */
    private void accept(int source) {
        forgetMoves();
        away = source == NONE;
        if (away) {
            choice.movedElsewhere();
        } else {
            choice.moved(current, source);
            current = source;
        }
    }

    private int numberOf(String device) {
        if (devices[current].equals(device)) {
            return current;
        }
        for (int i = 0; i < devices.length; i++) {
            if (devices[i].equals(device)) {
                return i;
            }
        }
        return NONE;
    }

    /** Whether the server calls it by another name: {@code @DEFAULT_SOURCE@}, or an index. */
    private boolean isAlias(int source) {
        String name = sources.get(source);
        return name.startsWith("@") || name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Does what is due for a stream that the server has. */
    void step(int streamIndex, long nowNanos) {
        if (request.isOpen()) {
            if (request.isRunning()) {
                return;
            }
            if (!request.end()) {
                refused(request.refusal(), nowNanos);
            }
        }
        if (asksNow(nowNanos) && !request.ask(streamIndex, sources.get(current))) {
            refused(request.refusal(), nowNanos);
        }
    }

    /** Whether the server is to be asked for a move to {@link #current}, and that is taken down. */
    boolean asksNow(long nowNanos) {
        if (late != NONE && nowNanos - askedNanos >= SETTLE_NANOS) {
            accept(late); // nothing came after it
        }
        if (!isAnother() || nowNanos - askedNanos < MOVES_NANOS) {
            return false;
        }
        if (nowNanos - askedNanos >= SETTLE_NANOS) {
            forgetMoves();
        }
        before = current;
        awayBefore = away;
        away = false;
        current = choice.chosen();
        asked[current] = true;
        untold = true;
        askedNanos = nowNanos;
        return true;
    }

    /** The server does not move it. */
    void refused(String why, long nowNanos) {
        if (!untold) {
            return; // the host has moved it meanwhile
        }
        int refused = current;
        untold = false;
        asked[refused] = false;
        current = before;
        away = awayBefore;
        if (away) {
            choice.movedElsewhere();
        }
        choice.moved(refused, before);
        warn(
                " cannot be recorded from " + sources.get(refused) + " and stays "
                        + (away ? "where it is" : "with " + sources.get(before)) + ": " + why,
                nowNanos);
    }

    private void warn(String what, long nowNanos) {
        if (budget.mayLog(nowNanos)) {
            LOG.log(Level.WARNING, streamName + what);
        }
    }

    /** The stream is gone, or will be: nothing is awaited any more. */
    void end() {
        request.end();
    }
}
