// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;

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

    private static Rig withJacks(boolean remappable) {
        SoundConfig config = new SoundConfig(Rig.streams(1L << 5, 1L << 7), List.of(), Rig.rules(ExchangeRule.MULTI));
        JackInfo headphone = new JackInfo("headphone:output0", JackKind.HEADPHONE, 0, 1, 0, remappable, true, null);
        return new Rig(config.withJacks(List.of(headphone)), TimeBase.WALL, new RecordingBackend());
    }

    @Test
    @Tag("SND-24")
    @DisplayName("has the jacks as the driver and the operator have set them, and tells the driver once more")
    void hasTheJacks() throws SnapshotException {
        Rig lost = withJacks(true);
        assertThat(lost.control(VirtioSnd.VIRTIO_SND_R_JACK_REMAP, 0, 7, 9)).isEqualTo(OK);
        assertThat(lost.settings).isOne();
        lost.device.plug(0, false);
        assertThat(lost.settings).isEqualTo(2);
        Rig next = withJacks(true);
        next.device.reset();
        load(lost, next).run();
        next.device.driverOk(0);
        next.submit(VirtioSnd.VIRTIO_SND_VQ_EVENT, 5, new byte[0], 8);
        next.kick(VirtioSnd.VIRTIO_SND_VQ_EVENT);

        assertThat(next.done(5).usedBytes()).isEqualTo(8);
        assertThat(next.done(5).status()).isEqualTo(VirtioSnd.VIRTIO_SND_EVT_JACK_DISCONNECTED);
        byte[] request = new byte[16];
        request[0] = 1;
        request[8] = 1;
        request[12] = 24;
        ByteBuffer reply = next.control(request, 28);
        assertThat(reply.getInt(4 + 8)).isEqualTo(0x02214079);
        assertThat(reply.get(4 + 16)).isZero();
        next.device.reset();
        next.device.plug(0, true);
        assertThat(next.settings).as("there is no driver to keep anything for").isZero();
        Rig other = withJacks(false);
        assertThatThrownBy(() -> load(lost, other)).hasMessageContaining("jacks=headphone:output0:remap");
    }
}
