// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_BAD_MSG;
import static org.vsnd.snd.VirtioSnd.VIRTIO_SND_S_OK;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.audio.PositionReports;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.TimeBase;
import org.vsnd.virtio.VirtioFeatures;

@DisplayName("The selector of a stream's source")
class SourceSelectorTest {
    private static final int CTL_INFO = 0x300;
    private static final int ENUM_ITEMS = 0x301;
    private static final int READ = 0x302;
    private static final int WRITE = 0x303;
    private static final int STOP = 0x105;
    private static final int PREPARE = 0x102;

    /** The only element of the card. */
    private static final int SELECTOR = 0;

    private static final int INPUT = 1;
    private static final int PERIOD = 480;
    private static final long PERIOD_NANOS = 10_000_000;
    private static final List<String> SOURCES = List.of("Mic", "Line In", "Monitor");

    private final Rig rig = rig(SOURCES, new RecordingBackend());

    private static SoundConfig config(List<String> sources) {
        List<Set<StreamControl>> offered = List.of(Set.of(), EnumSet.of(StreamControl.SOURCE));
        return Rig.config(ExchangeRule.MULTI)
                .withControls(new SoundControls(offered, List.of(List.of(), sources), List.of(), VolumeRule.CARD));
    }

    private static Rig rig(List<String> sources, RecordingBackend backend) {
        return new Rig(config(sources), TimeBase.WALL, backend);
    }

    private int choose(int source) {
        return rig.control(WRITE, SELECTOR, source);
    }

    private static int chosen(Rig of) {
        ByteBuffer reply = of.control(words(READ, SELECTOR), 8);
        assertThat(reply.getInt(0)).isEqualTo(VIRTIO_SND_S_OK);
        return reply.getInt(4);
    }

    private static byte[] words(int... words) {
        ByteBuffer request = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            request.putInt(word);
        }
        return request.array();
    }

    private void offerEvents() {
        for (int i = 0; i < 8; i++) {
            rig.submit(1, 1000 + i, new byte[0], 8);
        }
        rig.kick(1);
    }

    private List<String> notifications() {
        List<String> heard = new ArrayList<>();
        for (Rig.Done done : rig.done) {
            if (done.tag() >= 1000 && done.tag() < 2000) {
                heard.add((done.latencyBytes() & 0xffff) + ":" + (done.latencyBytes() >> 16));
            }
        }
        return heard;
    }

    private void record() {
        rig.prepare(INPUT, 4 * PERIOD, PERIOD);
        rig.start(INPUT);
    }

    /** The last byte of a period that is recorded now. */
    private int recorded(int tag) {
        long at = rig.record(tag, PERIOD * Rig.FRAME);
        rig.thread.advance(2 * PERIOD_NANOS);
        assertThat(rig.done(tag).status()).isEqualTo(VIRTIO_SND_S_OK);
        byte[] bytes = rig.bytes(at, PERIOD * Rig.FRAME);
        return bytes[bytes.length - 1];
    }

    @Test
    @Tag("SND-90")
    @Tag("SND-92")
    @Tag("SND-94")
    @Tag("SND-96")
    @DisplayName("is an enumeration of its labels, under the name by which mixers find it")
    void isAnEnumeration() {
        ByteBuffer info = rig.control(words(CTL_INFO, 0, 1, 96), 4 + 96);
        byte[] name = new byte[44];
        info.get(4 + 24, name);
        assertThat(new String(name, StandardCharsets.US_ASCII).strip()).startsWith("Capture Source\0");
        assertThat(info.getInt(4 + 4)).as("no role").isZero();
        assertThat(info.getInt(4 + 8)).as("type").isEqualTo(VirtioSnd.VIRTIO_SND_CTL_TYPE_ENUMERATED);
        assertThat(info.getInt(4 + 12)).as("access").isEqualTo(3);
        assertThat(info.getInt(4 + 16)).as("count").isEqualTo(1);
        assertThat(info.getInt(4 + 72)).as("items").isEqualTo(3);
        ByteBuffer reply = rig.control(words(ENUM_ITEMS, SELECTOR), 4 + 3 * 64);
        byte[] items = new byte[3 * 64];
        reply.get(4, items);
        assertThat(new String(items, StandardCharsets.US_ASCII).replaceAll("\0+", ","))
                .isEqualTo("Mic,Line In,Monitor,");
        assertThat(rig.device.sources(INPUT)).isEqualTo(SOURCES);
        assertThat(rig.device.sources(0)).as("of the output").isEmpty();
        assertThat(rig.device.source(0)).isZero();
    }

    @Test
    @Tag("SND-97")
    @Tag("SND-98")
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("tells of another choice once, and not of the same; what is none is refused, and the old one stays")
    void tellsOfAnotherChoiceOnce() {
        offerEvents();
        assertThat(chosen(rig)).isZero();
        assertThat(choose(2)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(choose(2)).isEqualTo(VIRTIO_SND_S_OK);
        assertThat(choose(3)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        assertThat(choose(-1)).isEqualTo(VIRTIO_SND_S_BAD_MSG);
        assertThat(chosen(rig)).isEqualTo(2);
        rig.device.setSource(INPUT, 1);
        rig.device.setSource(INPUT, 1);
        assertThat(chosen(rig)).isEqualTo(1);
        assertThat(notifications()).containsExactly("0:1", "0:1");
        rig.device.setSource(0, 1); // an output has none
        assertThat(rig.device.source(INPUT)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tag("SND-98")
    @DisplayName("says what is recorded, before the stream is opened and while it runs")
    void saysWhatIsRecorded(boolean follows) {
        rig.backend.followsChoice = follows;
        choose(2);
        record();
        assertThat(recorded(1)).isEqualTo(2);
        rig.thread.advance(200_000_000);
        rig.backend.calls.clear();
        choose(1);
        assertThat(recorded(2)).isEqualTo(1);
        if (follows) {
            assertThat(rig.backend.calls).as("the same source").doesNotContain("close source");
        } else {
            assertThat(rig.backend.calls)
                    .filteredOn(call -> !call.startsWith("skip"))
                    .startsWith("close source", "open input 0", "start source");
        }
    }

    @Test
    @DisplayName("loses nothing of a message that has begun to be recorded live")
    void losesNothingOfAMessageThatHasBegun() {
        rig.backend.sourceReports = new PositionReports();
        choose(2);
        record();
        rig.thread.advance(200_000_000);
        recorded(1);
        long at = rig.record(2, 20 * PERIOD * Rig.FRAME);
        rig.thread.advance(100_000_000);
        choose(1);
        rig.thread.advance(200_000_000);
        assertThat(rig.done(2).status()).isEqualTo(VIRTIO_SND_S_OK);
        byte[] bytes = rig.bytes(at, 20 * PERIOD * Rig.FRAME);
        int fromTheFirst = 0;
        while (bytes[fromTheFirst] == 2) {
            fromTheFirst++;
        }
        assertThat(fromTheFirst / Rig.FRAME).isBetween(10 * PERIOD, 15 * PERIOD);
        assertThat(bytes[fromTheFirst]).isEqualTo((byte) 1);
        assertThat(bytes[bytes.length - 1]).isEqualTo((byte) 1);
    }

    @Test
    @DisplayName("that the host had no room for is tried again once a second, while the stream records")
    void isTriedAgain() {
        record();
        recorded(1);
        rig.backend.isFull = true;
        choose(2);
        rig.thread.advance(200_000_000);
        assertThat(recorded(2)).isZero();
        rig.backend.calls.clear();
        for (int i = 0; i < 60; i++) {
            recorded(4 + i);
            rig.thread.advance(30_000_000);
        }
        assertThat(rig.backend.calls)
                .filteredOn(call -> call.startsWith("open"))
                .hasSizeBetween(2, 3);
        rig.backend.isFull = false;
        rig.thread.advance(1_000_000_000);
        assertThat(recorded(100)).isEqualTo(2);
        rig.backend.calls.clear();
        rig.thread.advance(3_000_000_000L);
        assertThat(rig.backend.calls)
                .filteredOn(call -> call.startsWith("open"))
                .isEmpty();
    }

    @Test
    @Tag("SND-98")
    @DisplayName("takes effect when a stream that is prepared or stopped goes on")
    void takesEffectWhenAStreamGoesOn() {
        rig.prepare(INPUT, 4 * PERIOD, PERIOD);
        choose(1);
        rig.start(INPUT);
        assertThat(recorded(1)).isEqualTo(1);
        rig.record(2, PERIOD * Rig.FRAME); // already due
        long at = rig.record(3, PERIOD * Rig.FRAME); // pending over a pause
        assertThat(rig.control(STOP, INPUT)).isEqualTo(VIRTIO_SND_S_OK);
        choose(2);
        rig.start(INPUT);
        rig.thread.advance(2 * PERIOD_NANOS);
        assertThat(rig.done(3).status()).isEqualTo(VIRTIO_SND_S_OK);
        byte[] bytes = rig.bytes(at, PERIOD * Rig.FRAME);
        assertThat(bytes[bytes.length - 1]).isEqualTo((byte) 2);
        assertThat(rig.control(STOP, INPUT)).isEqualTo(VIRTIO_SND_S_OK);
        choose(1);
        assertThat(rig.control(PREPARE, INPUT)).isEqualTo(VIRTIO_SND_S_OK);
        rig.start(INPUT);
        assertThat(recorded(4)).isEqualTo(1);
    }

    @Test
    @DisplayName("has the host open a device ten times a second at most, and ends with the last choice")
    void cannotBeTurnedTooFast() {
        record();
        rig.backend.calls.clear();
        for (int turn = 0; turn < 1000; turn++) {
            choose(1 + turn % 2);
            rig.thread.advance(1_000_000);
        }
        assertThat(rig.backend.calls)
                .filteredOn(call -> call.startsWith("open"))
                .hasSizeBetween(4, 10);
        choose(1);
        rig.thread.advance(500_000_000);
        assertThat(recorded(1)).isEqualTo(1);
    }

    @Test
    @Tag("SND-101")
    @Tag("SND-102")
    @DisplayName("shows what the host moves the recording to, unless the guest has chosen anew")
    void showsWhatTheHostMoves() {
        offerEvents();
        rig.backend.followsChoice = true;
        record();
        rig.backend.choice.moved(0, 2);
        rig.thread.advance(1);
        assertThat(chosen(rig)).isEqualTo(2);
        assertThat(rig.settings).isPositive();
        choose(1);
        rig.backend.choice.moved(2, 0);
        rig.thread.advance(1);
        assertThat(chosen(rig)).as("the host knew only of the choice before").isEqualTo(1);
        assertThat(notifications()).containsExactly("0:1", "0:1");
    }

    @Test
    @DisplayName("is the first source again for a driver that could not choose, unless the operator did")
    void isForgottenWithItsGuest() {
        choose(2);
        rig.device.reset();
        rig.device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1 | 1);
        assertThat(chosen(rig)).as("a guest that knows it").isEqualTo(2);
        rig.device.reset();
        rig.device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1);
        assertThat(rig.device.source(INPUT)).isZero();
        rig.device.setSource(INPUT, 1);
        rig.device.reset();
        rig.device.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1);
        assertThat(rig.device.source(INPUT)).isEqualTo(1);
    }

    @Test
    @DisplayName("goes with the settings to a device that replaces this one, if that has the same sources")
    void goesWithTheSettings() throws SnapshotException {
        choose(2);
        SnapshotWriter out = new SnapshotWriter(rig.thread.nowNanos);
        rig.device.saveSettings(out);
        byte[] bytes = out.finish();
        Rig next = rig(SOURCES, new RecordingBackend());
        next.device
                .loadSettings(new SnapshotReader(bytes, next.thread.nowNanos))
                .run();
        assertThat(chosen(next)).isEqualTo(2);
        Rig other = rig(List.of("Mic", "Line In"), new RecordingBackend());
        assertThatThrownBy(() -> other.device.loadSettings(new SnapshotReader(bytes, other.thread.nowNanos)))
                .isInstanceOf(SnapshotException.class)
                .hasMessageContaining("source of Mic,Line In");
    }

    @Test
    @DisplayName("that the guest is not offered the operator still has")
    void mayBeHidden() {
        SoundConfig hidden = Rig.config(ExchangeRule.MULTI)
                .withControls(new SoundControls(List.of(), List.of(List.of(), SOURCES), List.of(), VolumeRule.CARD));
        Rig without = new Rig(hidden, TimeBase.WALL, new RecordingBackend());
        assertThat(without.device.deviceFeatures()).isZero();
        without.device.setSource(INPUT, 2);
        assertThat(without.device.source(INPUT)).isEqualTo(2);
        assertThat(without.device.sources(INPUT)).isEqualTo(SOURCES);
    }
}
