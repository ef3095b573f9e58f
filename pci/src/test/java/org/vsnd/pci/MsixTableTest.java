// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.pci.RecordingInterrupts.Message;
import org.vsnd.spi.Bar;

class MsixTableTest {
    private static final int ENABLE = MsixTable.ENABLE;
    private static final int PBA = 0x800;

    private final RecordingInterrupts interrupts = new RecordingInterrupts(2048, false);
    private final MsixTable table = enabled(new MsixTable(3, interrupts));

    private static MsixTable enabled(MsixTable table) {
        table.setBusMaster(true);
        table.setMessageControl(ENABLE);
        return table;
    }

    private static void program(MsixTable table, int vector, long address, int data) {
        table.write(16L * vector, 8, address);
        table.write(16L * vector + 8, 4, data);
        table.write(16L * vector + 12, 4, 0);
    }

    @ParameterizedTest(name = "{0} vectors")
    @Tag("PCI-51")
    @CsvSource({"1,0x800,0x1000", "2,0x800,0x1000", "128,0x800,0x1000", "129,0x1000,0x2000", "2048,0x8000,0x10000"})
    void capabilityAndBarHoldTableAndPendingBits(int vectors, String pba, String size) {
        MsixTable some = new MsixTable(vectors, interrupts);
        Capability capability = some.capability(1);
        ConfigSpace config = new ConfigSpace(1, 2, new PciIdentity(0, 0, 0, 0));
        int at = config.add(capability);
        assertThat(config.read(at + 2, 2)).isEqualTo(vectors - 1);
        assertThat(config.read(at + 4, 4)).isEqualTo(1);
        assertThat(config.read(at + 8, 4)).isEqualTo(Integer.decode(pba) | 1);
        assertThat(some.bar(1)).isEqualTo(new Bar(1, Long.decode(size), false, false));
        config.write(at + 2, 2, 0xffff);
        assertThat(config.read(at + 2, 2)).isEqualTo(0xc000 | vectors - 1);
    }

    @Test
    void entriesStartMaskedAndKeepWhatIsWritten() {
        assertThat(table.read(12, 4)).isEqualTo(1);
        program(table, 1, 0xfee0_1004L | 0x5L << 32, 0x4041);
        assertThat(table.read(16, 8)).isEqualTo(0x5_fee0_1004L);
        assertThat(table.read(24, 8)).isEqualTo(0x4041);
        assertThat(table.read(18, 2)).isEqualTo(0xfee0);
        assertThat(table.read(48, 8)).as("past the table").isZero();
    }

    @Test
    void reservedBitsOfAnEntryStayZero() {
        table.write(0, 8, -1);
        table.write(12, 4, -1);
        assertThat(table.read(0, 4)).isEqualTo(0xfffffffcL);
        assertThat(table.read(12, 4)).isEqualTo(1);
    }

    @Test
    void unmaskedVectorIsSentAtOnce() {
        program(table, 2, 0x1_fee0_0000L, 7);
        table.trigger(2);
        assertThat(interrupts.messages).containsExactly(new Message(2, 0x1_fee0_0000L, 7));
        assertThat(table.read(PBA, 8)).isZero();
    }

    @Test
    @Tag("PCI-56")
    void maskedVectorIsPendingUntilUnmasked() {
        table.trigger(1);
        table.trigger(1);
        assertThat(interrupts.messages).isEmpty();
        assertThat(table.read(PBA, 8)).isEqualTo(0b10);
        program(table, 1, 0xfee00000L, 5);
        assertThat(interrupts.takeVectors()).containsExactly(1);
        assertThat(table.read(PBA, 1)).isZero();
    }

    @Test
    @Tag("PCI-56")
    void functionMaskHoldsEveryVector() {
        program(table, 0, 0xfee00000L, 5);
        program(table, 1, 0xfee00000L, 6);
        table.setMessageControl(ENABLE | MsixTable.FUNCTION_MASK);
        table.trigger(0);
        table.trigger(1);
        assertThat(table.read(PBA, 4)).isEqualTo(0b11);
        table.setMessageControl(ENABLE);
        assertThat(interrupts.takeVectors()).containsExactly(0, 1);
    }

    @Test
    @Tag("PCI-57")
    void nothingIsSentWhileBusMasteringIsOff() {
        program(table, 0, 0xfee00000L, 5);
        table.setBusMaster(false);
        table.trigger(0);
        assertThat(interrupts.messages).isEmpty();
        table.setBusMaster(true);
        assertThat(interrupts.takeVectors()).containsExactly(0);
    }

    @Test
    void pendingBitsAreReadOnly() {
        table.write(PBA, 8, -1);
        assertThat(table.read(PBA, 8)).isZero();
    }

    @Test
    void hostThatMasksGetsEveryTrigger() {
        RecordingInterrupts host = new RecordingInterrupts(2, true);
        MsixTable forwarded = enabled(new MsixTable(2, host));
        forwarded.setMessageControl(ENABLE | MsixTable.FUNCTION_MASK);
        forwarded.trigger(1);
        assertThat(host.takeVectors()).containsExactly(1);
    }

    @Test
    void pendingBitsComeFromTheHostThatMasks() {
        RecordingInterrupts host = new RecordingInterrupts(70, true);
        MsixTable forwarded = enabled(new MsixTable(70, host));
        host.hostPending.set(3);
        host.hostPending.set(69);
        assertThat(forwarded.read(PBA, 8)).isEqualTo(0b1000);
        assertThat(forwarded.read(PBA + 8, 8)).isEqualTo(1 << 5);
        forwarded.setBusMaster(false);
        forwarded.trigger(0);
        assertThat(forwarded.read(PBA, 8)).isEqualTo(0b1001);
    }

    @Test
    void resetMasksAndForgets() {
        table.trigger(1);
        program(table, 0, 0xfee00000L, 5);
        table.reset();
        assertThat(table.enabled()).isFalse();
        assertThat(table.read(PBA, 8)).isZero();
        assertThat(table.read(0, 8)).isZero();
        assertThat(table.read(12, 4)).isEqualTo(1);
    }

    @Test
    void emptyTableIsNeverEnabled() {
        MsixTable empty = enabled(new MsixTable(0, interrupts));
        assertThat(empty.enabled()).isFalse();
        assertThat(empty.read(0, 8)).isZero();
    }

    @Test
    void moreVectorsThanATableHoldsAreOurFault() {
        assertThatThrownBy(() -> new MsixTable(2049, interrupts)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MsixTable(-1, interrupts)).isInstanceOf(IllegalArgumentException.class);
    }
}
