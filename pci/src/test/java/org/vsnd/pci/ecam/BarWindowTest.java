// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.pci.ecam.TestBus.HIGH_WINDOW;
import static org.vsnd.pci.ecam.TestBus.WINDOW;
import static org.vsnd.pci.ecam.TestBus.WINDOW_BYTES;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.spi.Bar;

/** PCI 3.0 section 6.2.5.1: who answers where, by the functions' own registers. */
class BarWindowTest {
    private static final Bar NARROW = new Bar(1, 0x1000, false, false);
    private static final Bar WIDE = new Bar(4, 0x4000, true, true);

    private final TestBus bus = TestBus.intxOnly();
    private final FakeFunction function = new FakeFunction(0x5678, NARROW, WIDE);

    @BeforeEach
    void plug() {
        bus.bridge.slot(1, 0).plug(function);
    }

    private void assertNobodyAt(long address) {
        assertThat(bus.bridge.readWindow(address, 4)).isEqualTo(0xffff_ffffL);
        bus.bridge.writeWindow(address, 4, 0);
        assertThat(function.takeAccesses()).isEmpty();
    }

    private void assertBarAt(long address, int bar) {
        bus.bridge.writeWindow(address, 2, 7);
        assertThat(function.takeAccesses()).containsExactly("write 2 at 0x0 of bar " + bar + ": 0x7");
    }

    @Test
    void aBarAnswersWhereItsRegisterPutsItOnceMemoryIsDecoded() {
        bus.place(1, 1, WINDOW + 0x3000);
        assertNobodyAt(WINDOW + 0x3000);
        bus.decode(1, true);
        assertThat(bus.bridge.readWindow(WINDOW + 0x3010, 4)).isEqualTo(0x4433_2211);
        bus.bridge.writeWindow(WINDOW + 0x3ffe, 2, 0x1234);
        assertThat(function.takeAccesses())
                .containsExactly("read 4 at 0x10 of bar 1", "write 2 at 0xffe of bar 1: 0x1234");
        assertNobodyAt(WINDOW + 0x2ffc);
        assertNobodyAt(WINDOW + 0x4000);
        bus.decode(1, false);
        assertNobodyAt(WINDOW + 0x3000);
    }

    @Test
    void aBarMovesWithItsRegister() {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        assertBarAt(WINDOW, 1);
        bus.place(1, 1, WINDOW + 0x8000);
        assertNobodyAt(WINDOW);
        assertBarAt(WINDOW + 0x8000, 1);
    }

    @Test
    void aBarOf64BitsAnswersInEitherWindow() {
        bus.place(1, 4, HIGH_WINDOW + 0x8000);
        bus.decode(1, true);
        assertBarAt(HIGH_WINDOW + 0x8000, 4);
        bus.write(1, 0, TestBus.BAR_0 + 16, 8, WINDOW + 0x4000);
        assertBarAt(WINDOW + 0x4000, 4);
        assertNobodyAt(HIGH_WINDOW + 0x8000);
    }

    @Test
    void anAccessNotWhollyInOneBarIsNobodys() {
        bus.place(1, 1, WINDOW);
        bus.place(1, 4, WINDOW + 0x4000);
        bus.decode(1, true);
        assertThat(bus.bridge.readWindow(WINDOW + 0xffc, 8)).isEqualTo(-1);
        assertThat(bus.bridge.readWindow(WINDOW + 0x3ffe, 4)).isEqualTo(0xffff_ffffL);
        bus.bridge.writeWindow(WINDOW + 0xfff, 2, 0);
        assertThat(function.takeAccesses()).isEmpty();
        assertThat(bus.bridge.readWindow(WINDOW + 0xff8, 8)).isEqualTo(FakeFunction.ANSWER);
    }

    @ParameterizedTest
    @CsvSource({"1, 0x11", "2, 0x2211", "4, 0x44332211"})
    void readsAreZeroExtended(int size, String value) {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        assertThat(bus.bridge.readWindow(WINDOW, size)).isEqualTo(Long.decode(value));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 7, 16, -8, Integer.MAX_VALUE})
    void noAccessHasSuchASize(int size) {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        assertThat(bus.bridge.readWindow(WINDOW, size)).isEqualTo(-1);
        bus.bridge.writeWindow(WINDOW, size, 0);
        assertThat(function.takeAccesses()).isEmpty();
    }

    @Test
    void outsideTheWindowsNobodyIsWhateverTheRegistersSay() {
        bus.decode(1, true);
        for (long address : List.of(0L, WINDOW - 0x4000, WINDOW + WINDOW_BYTES, 0xffff_c000L, -0x4000L)) {
            bus.place(1, 4, address);
            assertNobodyAt(address);
        }
        assertThat(bus.bridge.readWindow(WINDOW + WINDOW_BYTES - 4, 8)).isEqualTo(-1);
    }

    @Test
    void whereBarsOverlapTheFirstSlotAnswers() {
        FakeFunction other = new FakeFunction(1, NARROW);
        bus.bridge.slot(0, 0).plug(other);
        bus.place(0, 1, WINDOW);
        bus.place(1, 4, WINDOW);
        bus.decode(1, true);
        assertBarAt(WINDOW, 4);
        bus.decode(0, true);
        bus.bridge.writeWindow(WINDOW, 4, 1);
        assertThat(other.takeAccesses()).hasSize(1);
        assertThat(function.takeAccesses()).isEmpty();
        bus.bridge.writeWindow(WINDOW + 0x1000, 4, 1);
        assertThat(function.takeAccesses()).hasSize(1);
    }

    @Test
    void sizingABarIsSeenByNobodyElse() {
        bus.place(1, 1, WINDOW);
        bus.place(1, 4, HIGH_WINDOW);
        bus.write(1, 0, TestBus.BAR_0 + 4, 4, -1);
        assertThat(bus.read(1, 0, TestBus.BAR_0 + 4, 4)).isEqualTo(0xffff_f000L);
        bus.write(1, 0, TestBus.BAR_0 + 16, 8, -1);
        assertThat(bus.read(1, 0, TestBus.BAR_0 + 16, 8)).isEqualTo(0xffff_ffff_ffff_c00cL);
        bus.decode(1, true);
        assertNobodyAt(WINDOW);
        assertNobodyAt(HIGH_WINDOW);
    }

    @Test
    void aResetByTheFunctionOrOfTheBusTakesItsBarsAway() {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        bus.write(1, 0, FakeFunction.RESET, 4, 1);
        assertNobodyAt(WINDOW);
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        assertBarAt(WINDOW, 1);
        bus.bridge.reset();
        assertThat(function.takeAccesses()).containsExactly("reset");
        assertNobodyAt(WINDOW);
    }

    @Test
    void aHostNeedNotTellTheWindowsApart() {
        bus.bridge.store(TestBus.ECAM + TestBus.register(1, 0, TestBus.BAR_0 + 4), 4, WINDOW);
        bus.bridge.store(TestBus.ECAM + TestBus.register(1, 0, TestBus.COMMAND), 2, TestBus.MEMORY);
        bus.bridge.store(WINDOW + 8, 1, 3);
        assertThat(function.takeAccesses()).containsExactly("write 1 at 0x8 of bar 1: 0x3");
        assertThat(bus.bridge.load(WINDOW, 2)).isEqualTo(0x2211);
        assertThat(bus.bridge.load(TestBus.ECAM + TestBus.register(1, 0, 0), 2)).isEqualTo(FakeFunction.VENDOR);
        assertThat(bus.bridge.load(bus.bridge.layout().ecamAddress() - 4, 4)).isEqualTo(0xffff_ffffL);
    }

    @Test
    void aFunctionThatWasRestoredAnswersWhereItDidThen() {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        assertBarAt(WINDOW, 1);
        function.config.set(TestBus.BAR_0 + 4, 4, (int) WINDOW + 0x5000);
        bus.bridge.refresh();
        assertBarAt(WINDOW + 0x5000, 1);
        assertNobodyAt(WINDOW);
    }

    @Test
    void anUnpluggedFunctionAnswersNoMore() {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        assertBarAt(WINDOW, 1);
        bus.bridge.slot(1, 0).unplug();
        assertNobodyAt(WINDOW);
    }

    @Test
    void registersAreReadAgainOnlyAfterAWriteToConfigurationSpace() {
        bus.place(1, 1, WINDOW);
        bus.decode(1, true);
        bus.bridge.readWindow(WINDOW, 4);
        int reads = function.configReads;
        for (int i = 0; i < 100; i++) {
            bus.bridge.readWindow(WINDOW + 4L * i, 4);
        }
        assertThat(function.configReads).isEqualTo(reads);
    }
}
