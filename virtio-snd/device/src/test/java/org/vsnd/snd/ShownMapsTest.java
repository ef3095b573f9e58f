// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.ChannelPosition;
import org.vsnd.virtio.VirtioFeatures;

@DisplayName("Channel maps")
class ShownMapsTest {
    private static final ChannelMap STEREO = new ChannelMap(0, 0, List.of(3, 4));
    private static final ChannelMap QUAD = new ChannelMap(0, 0, List.of(3, 4, 5, 6));
    private static final ChannelMap OTHER_QUAD = new ChannelMap(0, 0, List.of(3, 4, 7, 8));
    private static final ChannelMap OF_OTHERS = new ChannelMap(1, 0, List.of(7, 8));

    private final ShownMaps maps = new ShownMaps(List.of(STEREO, QUAD));

    @Test
    @DisplayName("are all shown to a driver of today")
    void areAllShown() {
        maps.driverOk(VirtioFeatures.VIRTIO_F_VERSION_1);
        assertThat(maps.list()).containsExactly(STEREO, QUAD);
    }

    @Test
    @DisplayName("are those for front left and right for Haiku, which looks after DRIVER_OK, until a reset")
    void areFewForHaiku() {
        maps.driverOk(0);
        maps.asked();
        assertThat(maps.list()).containsExactly(STEREO);
        maps.reset();
        assertThat(maps.list()).containsExactly(STEREO, QUAD);
    }

    @Test
    @DisplayName("do not change under a driver that has looked")
    void doNotChange() {
        maps.asked();
        maps.driverOk(0);
        assertThat(maps.list()).containsExactly(STEREO, QUAD);
    }

    @Test
    @Tag("SND-88")
    @DisplayName("say where channels belong: the first of a stream's function group with as many channels")
    void sayWhereChannelsBelong() {
        StreamInfo output = new StreamInfo(0, 0, 1 << 5, 1 << 7, 1, 8);
        StreamInfo input = new StreamInfo(0, 1, 1 << 5, 1 << 7, 1, 8);
        StreamInfo other = new StreamInfo(1, 0, 1 << 5, 1 << 7, 1, 8);
        SoundConfig config = new SoundConfig(
                List.of(output, input, other),
                List.of(STEREO, QUAD, OTHER_QUAD, OF_OTHERS),
                Rig.rules(ExchangeRule.AUTO));
        assertThat(config.positions(output, 4))
                .containsExactly(ChannelPosition.FL, ChannelPosition.FR, ChannelPosition.RL, ChannelPosition.RR);
        assertThat(config.positions(other, 2)).containsExactly(ChannelPosition.FC, ChannelPosition.LFE);
        assertThat(config.positions(output, 6)).isEmpty();
        assertThat(config.positions(input, 2)).isEmpty();
    }
}
