// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.HostVolume;
import org.vsnd.audio.live.HostState;

/**
 * The life of one stream at the server: it is made, watched, corked, moved, lost and made again. Its state is found by
 * asking libpulse after each of its rounds; there are no callbacks but for volumes. Main loop's thread only; allocates only when a stream
 * is made or lost.
 */
final class PulseStream {
    static final long NEVER = Long.MAX_VALUE;

    private static final Logger LOG = System.getLogger(PulseStream.class.getName());
    static final long IDLE_NANOS = 10_000_000;
    private static final long HOLD_NANOS = 100_000_000;

    private enum Phase {
        ABSENT,
        CREATING,
        RUNNING,
        /** Suspended by the server. */
        HELD
    }

    private final String name;
    private final PulseConnection connection;
    private final StreamLayout layout;
    private final PulseSide side;
    private final PulseVolume volume;
    private final @Nullable ChosenSource chosen;
    private final TimingInfo timing = new TimingInfo();

    private Phase phase = Phase.ABSENT;
    private long stream;
    private long generation;
    private int device;
    private long underflow;
    private boolean corked;
    private long corkOperation;
    private long timingOperation;
    private long timingNanos;
    private long createdNanos;
    private boolean createdBefore;
    private boolean failureSaid;

    PulseStream(String name, PulseConnection connection, StreamLayout layout, PulseSide side) {
        this.name = name;
        this.connection = connection;
        this.layout = layout;
        this.side = side;
        chosen = side.chosen();
        volume = new PulseVolume(connection, side.captures(), layout.channels());
    }

    /**
     * Checks the state and does what is due.
     *
     * @return the latest time for the next call
     */
    long step(long nowNanos) {
        HostState wanted = side.wanted(nowNanos);
        if (phase != Phase.ABSENT && (!connection.ready() || connection.generation() != generation)) {
            lose(nowNanos);
        }
        if (wanted == HostState.REST) {
            release();
            createdBefore = false; // when wanted again, it is made at once
            return nowNanos + HOLD_NANOS;
        }
        if (phase == Phase.ABSENT) {
            if (connection.ready() && isDue(nowNanos)) {
                create(nowNanos);
            }
            side.idle(nowNanos);
            return nowNanos + IDLE_NANOS;
        }
        return switch (LibPulse.pa_stream_get_state(stream)) {
            case LibPulse.PA_STREAM_READY -> readyStep(wanted, nowNanos);
            case LibPulse.PA_STREAM_CREATING -> creatingStep(nowNanos);
            default -> fail(connection.error(), nowNanos);
        };
    }

    /** Whether it is to be tried to make the stream. */
    private boolean isDue(long nowNanos) {
        long pauseNanos = chosen != null && chosen.isAnother() ? IDLE_NANOS : PulseConnection.RETRY_NANOS;
        return !createdBefore || nowNanos - createdNanos >= pauseNanos;
    }

    private void create(long nowNanos) {
        createdBefore = true;
        createdNanos = nowNanos;
        generation = connection.generation();
        try (Proplist properties = chosen == null ? Proplist.stream(name) : Proplist.movedStream(name)) {
            stream = LibPulse.pa_stream_new_with_proplist(
                    connection.context(), PulseLibrary.cString(name), layout.spec(), layout.map(), properties.handle());
        }
        corked = side.startsCorked();
        if (stream == 0 || side.connect(stream) < 0) {
            fail(connection.error(), nowNanos);
        } else {
            phase = Phase.CREATING;
        }
    }

    private long creatingStep(long nowNanos) {
        side.idle(nowNanos);
        if (nowNanos - createdNanos > PulseConnection.PATIENCE_NANOS) {
            connection.fail("it does not answer");
        }
        return nowNanos + IDLE_NANOS;
    }

    private long readyStep(HostState wanted, long nowNanos) {
        boolean suspended = LibPulse.pa_stream_is_suspended(stream) != 0 && !corked && corkOperation == 0;
        if (phase == Phase.HELD && !suspended) { // it holds old frames: begin anew
            release();
            create(nowNanos);
        }
        if (phase != Phase.RUNNING) {
            if (phase != Phase.CREATING || suspended || !isReady()) {
                side.idle(nowNanos);
                return nowNanos + IDLE_NANOS;
            }
            begin(nowNanos);
        } else if (suspended) {
            phase = Phase.HELD;
            say("the server has suspended it");
            side.lost(nowNanos);
            return nowNanos + IDLE_NANOS;
        }
        return runningStep(wanted, nowNanos);
    }

    private boolean isReady() {
        return LibPulse.pa_stream_get_state(stream) == LibPulse.PA_STREAM_READY;
    }

    private void begin(long nowNanos) {
        phase = Phase.RUNNING;
        device = LibPulse.pa_stream_get_device_index(stream);
        underflow = LibPulse.pa_stream_get_underflow_index(stream);
        volume.begin(LibPulse.pa_stream_get_index(stream));
        if (failureSaid) {
            failureSaid = false;
            LOG.log(Level.INFO, name + " is back, on " + LibPulse.pa_stream_get_device_name(stream));
        }
        side.ready(stream, nowNanos);
    }

    private long runningStep(HostState wanted, long nowNanos) {
        int nowOn = LibPulse.pa_stream_get_device_index(stream);
        if (nowOn != device) {
            device = nowOn;
            String to = String.valueOf(LibPulse.pa_stream_get_device_name(stream));
            if (chosen == null || !chosen.isOurs(to)) {
                LOG.log(Level.INFO, name + " was moved to " + to);
            }
            side.moved(stream, nowNanos);
        }
        long dry = LibPulse.pa_stream_get_underflow_index(stream);
        if (dry != underflow) {
            underflow = dry;
            side.xrun(nowNanos);
        }
        HostVolume tied = side.volume();
        if (tied != null) {
            volume.step(tied);
        }
        if (chosen != null) {
            chosen.step(LibPulse.pa_stream_get_index(stream), nowNanos);
        }
        cork(wanted == HostState.HOLD, nowNanos);
        if (!takeReport(nowNanos)) {
            connection.fail("it no longer answers");
            return nowNanos;
        }
        if (!side.transfer(stream, nowNanos)) {
            return fail(connection.error(), nowNanos);
        }
        if (corked) {
            return nowNanos + HOLD_NANOS;
        }
        if (timingOperation == 0 && nowNanos >= side.reportDueNanos()) {
            timingNanos = System.nanoTime();
            timingOperation = LibPulse.pa_stream_update_timing_info(stream, 0, 0);
        }
        long reportDue = timingOperation == 0 ? side.reportDueNanos() : timingNanos + PulseConnection.PATIENCE_NANOS;
        return Math.min(side.transferDueNanos(), reportDue);
    }

    private void cork(boolean wanted, long nowNanos) {
        if (corkOperation != 0 && LibPulse.pa_operation_get_state(corkOperation) != LibPulse.PA_OPERATION_RUNNING) {
            LibPulse.pa_operation_unref(corkOperation);
            corkOperation = 0;
        }
        if (wanted != corked && corkOperation == 0) {
            corked = wanted;
            corkOperation = LibPulse.pa_stream_cork(stream, corked ? 1 : 0, 0, 0);
            side.corked(corked, nowNanos);
        }
    }

    private boolean takeReport(long nowNanos) {
        if (timingOperation == 0) {
            return true;
        }
        int state = LibPulse.pa_operation_get_state(timingOperation);
        if (state == LibPulse.PA_OPERATION_RUNNING) {
            return nowNanos - timingNanos < PulseConnection.PATIENCE_NANOS;
        }
        LibPulse.pa_operation_unref(timingOperation);
        timingOperation = 0;
        if (state == LibPulse.PA_OPERATION_DONE && timing.read(stream, timingNanos)) {
            side.report(timing, nowNanos);
        }
        return true;
    }

    private long fail(String why, long nowNanos) {
        if (connection.ready()) { // otherwise the connection reports it
            say(why);
        }
        lose(nowNanos);
        return nowNanos + IDLE_NANOS;
    }

    private void say(String why) {
        if (!failureSaid) {
            failureSaid = true;
            LOG.log(Level.WARNING, name + " is silent: " + why);
        }
    }

    private void lose(long nowNanos) {
        if (phase == Phase.RUNNING) {
            side.lost(nowNanos);
        }
        release();
    }

    /** Frees the server's stream. Idempotent. */
    void release() {
        volume.end();
        if (chosen != null) {
            chosen.end();
        }
        if (timingOperation != 0) {
            LibPulse.pa_operation_unref(timingOperation);
            timingOperation = 0;
        }
        if (corkOperation != 0) {
            LibPulse.pa_operation_unref(corkOperation);
            corkOperation = 0;
        }
        if (stream != 0) {
            connection.discard(stream);
            stream = 0;
        }
        phase = Phase.ABSENT;
    }
}
