// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.server.RateLimitedLog;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;

/**
 * The states through which a client saves the function or makes it another one's, and the data of both: the bytes of
 * {@link Snapshotable}. All arcs of the protocol lead to STOP or from it, so every way that it allows does as well. Device
 * thread only.
 */
final class Migration {
    private final Snapshotable function;
    private final StoppableThread thread;
    private final RateLimitedLog log;
    private final long mostBytes;
    private MigrationState state = MigrationState.RUNNING;
    /** What is left to be read in STOP_COPY. */
    private @Nullable ByteBuffer saved;
    /** What has been written in RESUMING. */
    private ByteArrayOutputStream written = new ByteArrayOutputStream(0);

    /** @param thread the function's, which nobody else stops */
    Migration(Snapshotable function, StoppableThread thread, CardBudget budget, RateLimitedLog log) {
        this.function = function;
        this.thread = thread;
        this.log = log;
        mostBytes = budget.most(Limit.STATE_BYTES);
    }

    MigrationState state() {
        return state;
    }

    /**
     * Goes to another state.
     *
     * @return 0 or an errno; the state is then the last one that was reached
     */
    int goTo(MigrationState wanted) {
        if (wanted == MigrationState.ERROR || state == MigrationState.ERROR) {
            return Errno.EINVAL;
        }
        if (wanted == state) {
            return 0;
        }
        int errno = state == MigrationState.STOP ? 0 : stop();
        return errno != 0 || wanted == MigrationState.STOP ? errno : leaveStop(wanted);
    }

    private int stop() {
        MigrationState from = state;
        state = MigrationState.STOP;
        if (from == MigrationState.RUNNING) {
            thread.stop();
            return 0;
        }
        saved = null;
        return from == MigrationState.RESUMING ? load() : 0;
    }

    private int load() {
        byte[] bytes = written.toByteArray();
        written = new ByteArrayOutputStream(0);
        try {
            function.restore(bytes);
            return 0;
        } catch (SnapshotException e) {
            log.warn(() -> "the client's state of a card is refused: " + e.getMessage());
            return Errno.EINVAL;
        }
    }

    private int leaveStop(MigrationState wanted) {
        if (wanted == MigrationState.RUNNING) {
            return run();
        }
        if (wanted == MigrationState.STOP_COPY) {
            saved = ByteBuffer.wrap(function.snapshot());
        }
        state = wanted;
        return 0;
    }

    /** What happened since the stop is no time to the guest, but it is to host audio: so the function moves to the present. */
    private int run() {
        byte[] bytes = function.snapshot();
        thread.goOn();
        try {
            function.restore(bytes);
        } catch (SnapshotException e) {
            thread.stop();
            state = MigrationState.ERROR;
            log.warn(() -> "the card does not go on from its own state: " + e.getMessage());
            return Errno.EIO;
        }
        state = MigrationState.RUNNING;
        return 0;
    }

    /** The function was reset, or its client is gone: it runs. */
    void reset() {
        state = MigrationState.RUNNING;
        saved = null;
        written = new ByteArrayOutputStream(0);
        thread.goOn();
    }

    /** What there is to read, from its position on; null: nothing in this state. */
    @Nullable
    ByteBuffer saved() {
        return saved;
    }

    /**
     * More of a state.
     *
     * @return 0 or an errno
     */
    int write(byte[] bytes) {
        if (state != MigrationState.RESUMING) {
            return Errno.EINVAL;
        }
        if (written.size() + bytes.length > mostBytes) {
            log.warn(() -> "the client's state of a card is refused: it has more than " + mostBytes + " bytes");
            return Errno.ENOSPC;
        }
        written.writeBytes(bytes);
        return 0;
    }
}
