// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.spi.PciInterrupts;

class BridgeInterruptsTest {
    private final TestBus bus = TestBus.intxOnly();

    private Slot plug(int device, int function, int pin) {
        Slot slot = bus.bridge.slot(device, function);
        slot.plug(new FakeFunction(1).withPin(pin));
        return slot;
    }

    @ParameterizedTest
    @CsvSource({"0,1,0", "0,4,3", "1,1,1", "2,1,2", "3,1,3", "3,2,0", "4,1,0", "31,1,3", "31,4,2"})
    void devicesTakeTurnsWithTheLines(int device, int pin, int line) {
        PciInterrupts interrupts = plug(device, 0, pin).interrupts();
        interrupts.setIntx(true);
        for (int i = 0; i < 4; i++) {
            assertThat(bus.lines[i]).as("line %d", i).isEqualTo(i == line);
        }
        interrupts.setIntx(false);
        assertThat(bus.lines[line]).isFalse();
    }

    @Test
    void aLineIsAssertedWhileAnybodyAssertsIt() {
        PciInterrupts one = plug(1, 0, 1).interrupts();
        PciInterrupts two = plug(1, 1, 1).interrupts();
        PciInterrupts three = plug(5, 0, 1).interrupts();
        one.setIntx(true);
        two.setIntx(true);
        three.setIntx(true);
        one.setIntx(false);
        three.setIntx(false);
        assertThat(bus.lines[1]).isTrue();
        two.setIntx(false);
        assertThat(bus.lines[1]).isFalse();
        assertThat(bus.lineChanges).isEqualTo(2);
    }

    @Test
    void theLevelAFunctionHasAlreadyIsNoChange() {
        PciInterrupts interrupts = plug(1, 0, 1).interrupts();
        interrupts.setIntx(false);
        interrupts.setIntx(true);
        interrupts.setIntx(true);
        interrupts.setIntx(false);
        interrupts.setIntx(false);
        assertThat(bus.lineChanges).isEqualTo(2);
    }

    @Test
    void aFunctionThatIsNotOnTheBusAssertsNothing() {
        Slot slot = bus.bridge.slot(1, 0);
        slot.interrupts().setIntx(true);
        assertThat(bus.lines[1]).isFalse();
        slot.plug(new FakeFunction(1).withPin(1));
        assertThat(bus.lines[1]).isTrue();
        slot.unplug();
        assertThat(bus.lines[1]).isFalse();
        slot.interrupts().setIntx(false);
        slot.plug(new FakeFunction(2).withPin(1));
        assertThat(bus.lines[1]).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0", "5", "255"})
    void aFunctionWithoutAPinAssertsNothing(int pin) {
        Slot slot = plug(1, 0, pin);
        slot.interrupts().setIntx(true);
        slot.unplug();
        assertThat(bus.lineChanges).isZero();
    }

    @Test
    void withoutAnMsiControllerThereAreNoVectors() {
        PciInterrupts interrupts = plug(1, 0, 1).interrupts();
        assertThat(interrupts.msixVectors()).isZero();
        interrupts.sendMsix(0, 0xfee0_0000L, 1);
        assertThat(bus.messages).isEmpty();
    }

    @Test
    void withAnMsiControllerMessagesAreWrites() {
        TestBus other = TestBus.withMsi();
        Slot slot = other.bridge.slot(1, 0);
        PciInterrupts interrupts = slot.interrupts();
        assertThat(interrupts.msixVectors()).isEqualTo(2048);
        assertThat(interrupts.hostMasksMsix()).isFalse();
        assertThat(interrupts.msixPending(0)).isFalse();
        interrupts.sendMsix(0, 0xfee0_0000L, 0x41);
        assertThat(other.messages).as("not on the bus yet").isEmpty();
        slot.plug(new FakeFunction(1));
        interrupts.sendMsix(1, 0xfee0_0000L, 0x41);
        assertThat(other.messages).containsExactly("0xfee00000: 0x41");
        slot.unplug();
        interrupts.sendMsix(1, 0xfee0_0000L, 0x41);
        assertThat(other.messages).hasSize(1);
    }
}
