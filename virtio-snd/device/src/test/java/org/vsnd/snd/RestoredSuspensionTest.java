// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.SnapshotException;

@DisplayName("A device that is restored while its driver has suspended it")
class RestoredSuspensionTest {
    private static final int PERIOD = 480;
    private static final long PERIOD_NANOS = 10_000_000;
    private static final int BEFORE = 1;
    private static final int MEANWHILE = 2;

    private final Rig rig = new Rig(CompletionPolicy.PACED, ExchangeRule.MULTI);

    private void recordAndSuspend() {
        rig.prepare(1, 4 * PERIOD, PERIOD);
        rig.start(1);
        rig.record(BEFORE, PERIOD * Rig.FRAME);
        rig.thread.advance(PERIOD_NANOS / 2);
        rig.device.suspend();
    }

    private void restore(boolean inProcess) throws SnapshotException {
        LiveSnapshotTest.saveAndRestore(rig);
        rig.device.restoreSuspended(inProcess);
    }

    @Test
    @DisplayName("gives back what is in process, says so once, and takes nothing more until it is resumed")
    void givesBackWhatIsInProcess() throws SnapshotException {
        recordAndSuspend();
        restore(true);
        rig.record(MEANWHILE, PERIOD * Rig.FRAME);
        rig.thread.advance(1);
        assertThat(rig.suspensions).isZero();
        rig.thread.advance(10 * PERIOD_NANOS);
        assertThat(rig.doneTags()).containsExactly(BEFORE);
        assertThat(rig.suspensions).isEqualTo(1);
        rig.device.resume();
        rig.thread.advance(10 * PERIOD_NANOS);
        assertThat(rig.doneTags()).containsExactly(BEFORE, MEANWHILE);
        assertThat(rig.suspensions).isEqualTo(1);
    }

    @Test
    @DisplayName("has said so before, and does not say it again")
    void hasSaidSoBefore() throws SnapshotException {
        recordAndSuspend();
        rig.thread.advance(10 * PERIOD_NANOS);
        assertThat(rig.suspensions).isEqualTo(1);
        restore(false);
        rig.record(MEANWHILE, PERIOD * Rig.FRAME);
        rig.thread.advance(10 * PERIOD_NANOS);
        assertThat(rig.doneTags()).containsExactly(BEFORE);
        assertThat(rig.suspensions).isEqualTo(1);
    }

    @Test
    @DisplayName("says so if nothing is in process after all, but not while it is restored")
    void saysSoAfterwards() throws SnapshotException {
        restore(true);
        assertThat(rig.suspensions).isZero();
        rig.thread.advance(1);
        assertThat(rig.suspensions).isEqualTo(1);
    }
}
