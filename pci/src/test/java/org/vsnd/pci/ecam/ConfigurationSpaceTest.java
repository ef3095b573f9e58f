// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PCI Express 3.0 section 7.2.2, as far as software can see it. */
class ConfigurationSpaceTest {
    private final TestBus bus = TestBus.intxOnly();
    private final FakeFunction function = new FakeFunction(0x5678);

    @ParameterizedTest
    @CsvSource({"1, 0xff", "2, 0xffff", "4, 0xffffffff", "8, -1"})
    void whereNobodyIsAllOnesAreRead(int size, String ones) {
        bus.bridge.slot(1, 0).plug(function);
        assertThat(bus.read(0, 0, 0, size)).isEqualTo(Long.decode(ones));
        assertThat(bus.read(1, 1, 0, size)).isEqualTo(Long.decode(ones));
        assertThat(bus.read(31, 7, 0xff8, size)).isEqualTo(Long.decode(ones));
    }

    @Test
    void registersAreReadInEverySizeAndAlignment() {
        bus.bridge.slot(1, 0).plug(function);
        assertThat(bus.read(1, 0, 0, 4)).isEqualTo(0x5678_1234);
        assertThat(bus.read(1, 0, 0, 2)).isEqualTo(0x1234);
        assertThat(bus.read(1, 0, 1, 1)).isEqualTo(0x12);
        assertThat(bus.read(1, 0, 1, 4)).isEqualTo(0x0056_7812);
        assertThat(bus.read(1, 0, 8, 8)).isEqualTo(0x0401_0000L);
    }

    @Test
    void readsAreZeroExtended() {
        function.config.set(0x40, 4, 0xfedc_ba98);
        function.config.set(0x44, 4, 0x8000_0001);
        bus.bridge.slot(1, 0).plug(function);
        assertThat(bus.read(1, 0, 0x40, 1)).isEqualTo(0x98);
        assertThat(bus.read(1, 0, 0x40, 2)).isEqualTo(0xba98);
        assertThat(bus.read(1, 0, 0x40, 4)).isEqualTo(0xfedc_ba98L);
        assertThat(bus.read(1, 0, 0x40, 8)).isEqualTo(0x8000_0001_fedc_ba98L);
    }

    @Test
    void writesGoToTheFunctionAndMayBeSignExtended() {
        bus.bridge.slot(1, 0).plug(function);
        bus.write(1, 0, 0x3c, 1, 0xffff_ffff_ffff_ff8bL);
        assertThat(bus.read(1, 0, 0x3c, 4)).isEqualTo(0x018b);
        bus.write(1, 0, 0x38, 8, 0x7c_0000_0000L);
        assertThat(bus.read(1, 0, 0x3c, 1)).isEqualTo(0x7c);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void anAccessAcrossTheEndOfAFunctionIsNobodys(int size) {
        bus.bridge.slot(1, 0).plug(function);
        bus.bridge.slot(1, 1).plug(new FakeFunction(1));
        assertThat(bus.read(1, 0, 0x1000 - size + 1, size)).isEqualTo(size == 8 ? -1 : (1L << (8 * size)) - 1);
        assertThat(bus.read(1, 0, 0x1000 - size, size)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x10_0000, 0xf_fffd, Long.MAX_VALUE, Long.MIN_VALUE})
    void outsideTheWindowNobodyIs(long offset) {
        bus.bridge.slot(31, 7).plug(function);
        bus.bridge.slot(31, 0).plug(new FakeFunction(1));
        assertThat(bus.bridge.readEcam(offset, 4)).isEqualTo(0xffff_ffffL);
        bus.bridge.writeEcam(offset, 4, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 16, -1, Integer.MIN_VALUE})
    void noAccessHasSuchASize(int size) {
        bus.bridge.slot(0, 0).plug(function);
        assertThat(bus.bridge.readEcam(0, size)).isEqualTo(-1);
        bus.bridge.writeEcam(0x3c, size, 0x55);
        assertThat(bus.read(0, 0, 0x3c, 1)).isZero();
    }

    @Test
    void functionsAreHiddenWhileTheirDeviceHasNoFunction0() {
        bus.bridge.slot(2, 3).plug(function);
        assertThat(bus.read(2, 3, 0, 4)).isEqualTo(0xffff_ffffL);
        bus.bridge.slot(2, 0).plug(new FakeFunction(1));
        assertThat(bus.read(2, 3, 0, 4)).isEqualTo(0x5678_1234);
        bus.bridge.slot(2, 0).unplug();
        assertThat(bus.read(2, 3, 0, 4)).isEqualTo(0xffff_ffffL);
    }

    @Test
    void onlyADeviceWithSeveralFunctionsSaysSo() {
        bus.bridge.slot(2, 0).plug(function);
        assertThat(bus.read(2, 0, 0x0e, 1)).isZero();
        bus.bridge.slot(2, 5).plug(new FakeFunction(1));
        bus.bridge.slot(3, 0).plug(new FakeFunction(2));
        assertThat(bus.read(2, 0, 0x0e, 1)).isEqualTo(0x80);
        assertThat(bus.read(2, 5, 0x0e, 2)).isEqualTo(0x80);
        assertThat(bus.read(2, 0, 0x0c, 4)).isEqualTo(0x0080_0000);
        assertThat(bus.read(2, 0, 0x08, 8)).isEqualTo(0x0080_0000_0401_0000L);
        assertThat(bus.read(2, 0, 0x0f, 1)).isZero();
        assertThat(bus.read(2, 0, 0x0a, 4)).isEqualTo(0x0401);
        assertThat(bus.read(3, 0, 0x0e, 1)).isZero();
        bus.bridge.slot(2, 5).unplug();
        assertThat(bus.read(2, 0, 0x0e, 1)).isZero();
    }

    @Test
    void anUnpluggedFunctionIsGone() {
        Slot slot = bus.bridge.slot(1, 0);
        slot.plug(function);
        slot.unplug();
        slot.unplug();
        assertThat(bus.read(1, 0, 0, 4)).isEqualTo(0xffff_ffffL);
        slot.plug(new FakeFunction(0x9abc));
        assertThat(bus.read(1, 0, 2, 2)).isEqualTo(0x9abc);
        assertThat(function.takeAccesses()).as("closing is the caller's").isEmpty();
    }

    @Test
    void aSlotTakesOneFunction() {
        Slot slot = bus.bridge.slot(4, 2);
        assertThat(bus.bridge.slot(4, 2)).isSameAs(slot);
        slot.plug(function);
        assertThatThrownBy(() -> slot.plug(function)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "32, 0", "0, -1", "0, 8"})
    void thereIsNoSuchSlot(int device, int number) {
        assertThatThrownBy(() -> bus.bridge.slot(device, number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("devices 0 to 31");
    }
}
