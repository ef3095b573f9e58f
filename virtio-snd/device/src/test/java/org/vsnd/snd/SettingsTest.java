// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

@DisplayName("A device that replaces another one")
class SettingsTest {
    private static final int OK = VirtioSnd.VIRTIO_SND_S_OK;
    private static final int PERIOD = 480;

    private static Rig rig() {
        return new Rig(CompletionPolicy.PACED, ExchangeRule.MULTI);
    }

    /** A device without a message that another one has left. */
    private static Rig replaced(Rig lost) throws SnapshotException {
        Rig next = rig();
        load(lost, next).run();
        return next;
    }

    private static Runnable load(Rig lost, Rig next) throws SnapshotException {
        SnapshotWriter out = new SnapshotWriter(lost.thread.nowNanos);
        lost.device.saveSettings(out);
        SnapshotReader in = new SnapshotReader(out.finish(), next.thread.nowNanos);
        Runnable step = next.device.loadSettings(in);
        in.end();
        return step;
    }

    private static StreamState state(Rig rig, int stream) {
        return rig.device.statistics().get(stream).state();
    }

    @Test
    @DisplayName("plays and records what was playing and recording")
    void playsAndRecords() throws SnapshotException {
        Rig lost = rig();
        lost.prepare(0, 4 * PERIOD, PERIOD);
        lost.prepare(1, 4 * PERIOD, PERIOD);
        lost.start(0);
        lost.start(1);
        Rig next = replaced(lost);
        next.play(1, PERIOD * Rig.FRAME);
        next.record(2, PERIOD * Rig.FRAME);
        next.thread.advance(200_000_000);

        assertThat(next.doneTags()).containsExactlyInAnyOrder(1, 2);
        assertThat(next.done(1).status()).isEqualTo(OK);
        assertThat(next.done(2).status()).isEqualTo(OK);
    }

    @Test
    @DisplayName("has every stream in the state in which it was")
    void hasEveryState() throws SnapshotException {
        Rig lost = rig();
        for (StreamState state : StreamState.values()) {
            assertThat(state(replaced(lost), 0)).isEqualTo(state);
            switch (state) {
                case INITIAL ->
                    assertThat(lost.setParams(0, 4 * PERIOD * Rig.FRAME, PERIOD * Rig.FRAME))
                            .isEqualTo(OK);
                case SET_PARAMS -> lost.prepare(0, 4 * PERIOD, PERIOD);
                case PREPARED -> lost.start(0);
                case STARTED -> lost.stop(0);
                default -> lost.release(0);
            }
        }
    }

    @Test
    @DisplayName("answers once more a START or STOP that was carried out but not answered")
    void answersOnceMore() throws SnapshotException {
        Rig lost = rig();
        lost.prepare(0, 4 * PERIOD, PERIOD);
        lost.start(0);
        Rig next = replaced(lost);
        next.start(0);
        next.stop(0);
        Rig last = replaced(next);
        last.stop(0);

        assertThat(last.control(VirtioSnd.VIRTIO_SND_R_PCM_START, 0)).isEqualTo(OK);
        assertThat(last.control(VirtioSnd.VIRTIO_SND_R_PCM_START, 0)).isNotEqualTo(OK);
    }

    @Test
    @DisplayName("refuses what a card with other options has left, and says which")
    void otherOptions() {
        Rig other = new Rig(CompletionPolicy.PLAYED, ExchangeRule.MULTI);

        assertThatThrownBy(() -> load(other, rig()))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("completion=played");
    }

    @Test
    @DisplayName("tells its transport of every change before the driver is answered")
    void tellsItsTransport() {
        Rig rig = rig();
        rig.prepare(0, 4 * PERIOD, PERIOD);
        assertThat(rig.settings).isEqualTo(2); // SET_PARAMS and PREPARE
        rig.control(VirtioSnd.VIRTIO_SND_R_PCM_STOP, 0); // refused
        assertThat(rig.settings).isEqualTo(2);
    }
}
