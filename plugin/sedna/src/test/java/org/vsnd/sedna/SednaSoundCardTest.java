// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import li.cil.sedna.api.memory.MemoryMap;
import li.cil.sedna.riscv.R5Board;
import org.junit.jupiter.api.Test;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.SnapshotException;

class SednaSoundCardTest {
    private static final long CONFIG = SednaSoundCard.LAYOUT.ecamAddress() + 0x8000;
    private static final long COMMAND = CONFIG + 0x04;
    private static final long BAR_4 = CONFIG + 0x20;
    private static final int MEMORY_SPACE = 2;
    private static final long COMMON_CFG = SednaSoundCard.LAYOUT.windowAddress() + 0x1_0000;
    private static final long NUM_QUEUES = COMMON_CFG + 0x12;
    private static final int U16 = 1;
    private static final int U32 = 2;

    private static SednaSoundCard plugInto(R5Board board, int interrupt) throws PluginException {
        return SednaSoundCard.plugInto(
                board, board.getCpu(), interrupt, new VirtioSoundPlugin(), Map.of("backend", "null"));
    }

    @Test
    void aSavedCardIsWhereItWasInAnotherBoard() throws Exception {
        R5Board board = new R5Board();
        R5Board another = new R5Board();
        try (SednaSoundCard card = plugInto(board, 5);
                SednaSoundCard copy = plugInto(another, 5)) {
            MemoryMap map = board.getMemoryMap();
            map.store(BAR_4, COMMON_CFG, U32);
            map.store(COMMAND, MEMORY_SPACE, U16);
            assertThat(map.load(NUM_QUEUES, U16)).isEqualTo(4);
            assertThat(another.getMemoryMap().load(NUM_QUEUES, U16)).isNotEqualTo(4);

            copy.restore(card.snapshot());

            assertThat(another.getMemoryMap().load(NUM_QUEUES, U16)).isEqualTo(4);
            assertThatThrownBy(() -> copy.restore(new byte[100])).isInstanceOf(SnapshotException.class);
        }
    }

    @Test
    void anInterruptThatIsNoneIsRefused() {
        assertThatThrownBy(() -> plugInto(new R5Board(), 0))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("interrupt 0 does not exist");
    }
}
