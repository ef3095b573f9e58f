// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.PlugListener;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;

@DisplayName("A jack that follows the host")
class HostJackTest {
    private static final int EVENT = VirtioSnd.VIRTIO_SND_VQ_EVENT;

    private final Rig rig = rig();
    private int posted;

    private static Rig rig() {
        SoundConfig config = new SoundConfig(Rig.streams(1L << 5, 1L << 7), List.of(), Rig.rules(ExchangeRule.MULTI));
        return new Rig(
                config.withJacks(List.of(
                        new JackInfo("line-out:output0", JackKind.LINE_OUT, 0, 1, 0, false, true, null),
                        new JackInfo("headphone:output0", JackKind.HEADPHONE, 0, 1, 1, false, true, "output 0"),
                        new JackInfo("mic:input0", JackKind.MIC, 0, 2, 0, false, false, "input 0"))),
                TimeBase.WALL,
                new RecordingBackend());
    }

    private static PlugListener listener(Rig rig, String socket) {
        PlugListener listener = rig.backend.followers.get(socket);
        assertThat(listener).as(socket).isNotNull();
        return listener;
    }

    private void post() {
        rig.submit(EVENT, posted++, new byte[0], 8);
        rig.kick(EVENT);
    }

    @Test
    @Tag("SND-22")
    @Tag("SND-25")
    @DisplayName("tells the driver, on the device thread, what the host's socket has; the others follow nothing")
    void follows() {
        assertThat(rig.backend.followers.keySet())
                .containsExactlyInAnyOrder("HEADPHONE out of output 0", "MIC in of input 0");
        post();
        post();
        post();
        listener(rig, "HEADPHONE out of output 0").plugged(false);
        listener(rig, "MIC in of input 0").plugged(true);
        assertThat(rig.done).as("the host's thread does nothing").isEmpty();
        rig.thread.advance(0);
        assertThat(rig.device.arePlugged()).containsExactly(true, false, true);
        assertThat(rig.done(0).status()).isEqualTo(VirtioSnd.VIRTIO_SND_EVT_JACK_DISCONNECTED);
        assertThat(rig.done(0).latencyBytes()).as("jack").isEqualTo(1);
        assertThat(rig.done(1).status()).isEqualTo(VirtioSnd.VIRTIO_SND_EVT_JACK_CONNECTED);
        assertThat(rig.done(1).latencyBytes()).as("jack").isEqualTo(2);
        assertThat(rig.settings).isOne();
        listener(rig, "MIC in of input 0").plugged(true);
        rig.thread.advance(0);
        assertThat(rig.doneTags()).as("nothing has changed").hasSize(2);
        assertThat(rig.settings).isOne();
    }

    @Test
    @DisplayName("is the operator's until the host says something else")
    void operator() {
        listener(rig, "MIC in of input 0").plugged(true);
        rig.thread.advance(0);
        rig.device.plug(2, false);
        rig.thread.advance(1_000_000_000);
        assertThat(rig.device.arePlugged()).containsExactly(true, true, false);
        listener(rig, "MIC in of input 0").plugged(true);
        rig.thread.advance(0);
        assertThat(rig.device.arePlugged()).containsExactly(true, true, true);
    }

    @Test
    @DisplayName("follows this host after a restore, whatever the snapshot says of the other one's")
    void restored() throws SnapshotException {
        listener(rig, "HEADPHONE out of output 0").plugged(false);
        rig.thread.advance(0);
        post();
        SnapshotWriter out = new SnapshotWriter(rig.thread.nowNanos);
        rig.device.saveSettings(out);
        Rig next = rig();
        listener(next, "HEADPHONE out of output 0").plugged(true);
        next.thread.advance(0);
        next.device.reset();
        SnapshotReader in = new SnapshotReader(out.finish(), next.thread.nowNanos);
        next.device.loadSettings(in).run();
        assertThat(next.device.arePlugged()).element(1).isEqualTo(false);
        next.device.driverOk(0);
        next.thread.advance(0);
        assertThat(next.device.arePlugged()).element(1).isEqualTo(true);
        next.submit(EVENT, 7, new byte[0], 8);
        next.kick(EVENT);
        assertThat(next.done(7).status()).isEqualTo(VirtioSnd.VIRTIO_SND_EVT_JACK_CONNECTED);
    }

    @Test
    @DisplayName("is no longer told when the device ends")
    void ends() {
        PlugListener late = listener(rig, "MIC in of input 0");
        rig.device.close();
        rig.device.close();
        assertThat(rig.backend.followers).isEmpty();
        late.plugged(true);
        rig.thread.advance(0);
        assertThat(rig.done).isEmpty();
    }
}
