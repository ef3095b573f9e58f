// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.audio.ChannelPosition.BC;
import static org.vsnd.audio.ChannelPosition.FC;
import static org.vsnd.audio.ChannelPosition.FL;
import static org.vsnd.audio.ChannelPosition.FR;
import static org.vsnd.audio.ChannelPosition.LFE;
import static org.vsnd.audio.ChannelPosition.NONE;
import static org.vsnd.audio.ChannelPosition.RL;
import static org.vsnd.audio.ChannelPosition.RR;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.audio.Allocation;

@DisplayName("The order of channels")
class ChannelOrderTest {
    @Test
    @DisplayName("is that of the other list, for each whole frame, whatever a sample's size")
    void isThatOfTheOtherList() {
        ChannelOrder order = ChannelOrder.between(List.of(FL, FR, RL, RR, FC, LFE), List.of(FL, FR, FC, LFE, RL, RR));
        ByteBuffer frames = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 99});
        order.apply(frames, 1);
        assertThat(frames.array()).containsExactly(0, 1, 4, 5, 2, 3, 10, 11, 14, 15, 12, 13, 99);
        ByteBuffer wide = ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        order.apply(wide, 2);
        assertThat(wide.array()).containsExactly(0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7);
    }

    @Test
    @DisplayName("keeps what is the same, and loses no channel that the other does not know")
    void losesNoChannel() {
        assertThat(ChannelOrder.between(List.of(FL, FR), List.of(FL, FR)).isSame())
                .isTrue();
        assertThat(ChannelOrder.between(List.of(FL, FR, LFE), List.of(FL, FR, FC))
                        .isSame())
                .isTrue();
        ByteBuffer frame = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});
        ChannelOrder.between(List.of(BC, NONE, FR, FL), List.of(FL, FR, RL, RR)).apply(frame, 1);
        assertThat(frame.array()).containsExactly(4, 3, 1, 2);
    }

    @Test
    void listsOfDifferentLengthAreAFaultOfOurs() {
        List<org.vsnd.audio.ChannelPosition> mono = List.of(FC);
        List<org.vsnd.audio.ChannelPosition> stereo = List.of(FL, FR);
        assertThatThrownBy(() -> ChannelOrder.between(mono, stereo)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void reorderingAllocatesNothing() {
        ChannelOrder order = ChannelOrder.between(List.of(FL, FR), List.of(FR, FL));
        ByteBuffer frames = ByteBuffer.allocateDirect(64);
        assertThat(Allocation.ofWarm(() -> order.apply(frames, 2))).isZero();
    }
}
