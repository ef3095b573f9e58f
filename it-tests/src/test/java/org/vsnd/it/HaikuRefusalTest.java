// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.PciCapability;
import org.vsnd.guest.driver.PciCard;
import org.vsnd.guest.driver.PciProbe;
import org.vsnd.guest.driver.VirtioCapability;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.host.VirtualBus;

@DisplayName("What Haiku would not take: a card")
class HaikuRefusalTest {
    private static void boot(Map<Integer, Integer> bytes, HaikuVersion version) {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            new HaikuGuest(new VirtualBus(machine.host(), new DisguisedCard(machine.card(), bytes)), version).close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x00,0x87,finds no virtio device",
        "0x03,0x11,finds no virtio device",
        "0x08,0x00,revision 1",
        "0x08,0x02,revision 1",
        "0x0a,0x80,class 04 01 only",
        "0x0b,0x02,class 04 01 only",
        "0x02,0x58,number 25"
    })
    @DisplayName("of another vendor, device, revision or class")
    void ofAnotherIdentity(int offset, int value, String why) {
        assertThatThrownBy(() -> boot(Map.of(offset, value), HaikuVersion.BRANCH))
                .isInstanceOf(DeviceFaultException.class)
                .hasMessageContaining(why);
    }

    @Test
    @DisplayName("that is not there")
    void thatIsNotThere() {
        assertThatThrownBy(() -> boot(Map.of(0, 0xff, 1, 0xff), HaikuVersion.BRANCH))
                .isInstanceOf(DeviceFaultException.class)
                .hasMessageContaining("nothing on the bus");
    }

    @Test
    @DisplayName("of revision 0, which master does take")
    void ofRevision0() {
        assertThatCode(() -> boot(Map.of(0x08, 0), HaikuVersion.MASTER)).doesNotThrowAnyException();
    }

    private static VirtioCapability capability(int type) {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            PciCard card = PciProbe.probe(machine.bus());
            assertThat(card.capability(PciCapability.VENDOR)).isPositive();
            return card.virtio(type);
        }
    }

    @Test
    @DisplayName("whose notification structure is no longer than Haiku's multiplier rule wants")
    void withATightNotificationStructure() {
        int at = capability(VirtioCapability.NOTIFY).offset();
        assertThatThrownBy(() -> boot(Map.of(at + 12, 16, at + 13, 0), HaikuVersion.BRANCH))
                .isInstanceOf(DeviceFaultException.class)
                .hasMessageContaining("notifies at random addresses");
    }

    @ParameterizedTest
    @CsvSource({"1,common", "2,notify", "3,ISR"})
    @DisplayName("without one of the structures it needs")
    void withoutAStructure(int type, String name) {
        int at = capability(type).offset();
        assertThatThrownBy(() -> boot(Map.of(at + 3, 9), HaikuVersion.BRANCH))
                .as(name)
                .isInstanceOf(DeviceFaultException.class)
                .hasMessageContaining("no virtio capability of type " + type);
    }

    @Test
    @DisplayName("without an interrupt, if it has no MSI-X")
    void withoutAnInterrupt() {
        try (VirtualMachine machine = VirtualMachine.intxOnly(Map.of())) {
            HaikuGuest guest = new HaikuGuest(
                    new VirtualBus(machine.host(), new DisguisedCard(machine.card(), Map.of(0x3c, 0xff))));
            assertThatThrownBy(() -> guest.play(NodeSettings.ofMediaServer()))
                    .isInstanceOf(DeviceFaultException.class)
                    .hasMessageContaining("IRQ not assigned");
        }
    }

    @ParameterizedTest
    @CsvSource({"0x100,stream info query failed", "0x200,channel map query failed"})
    @DisplayName("that does not say what it has; the next open works")
    void thatDoesNotSayWhatItHas(String code, String why) {
        try (HaikuRequests haiku = new HaikuRequests()) {
            haiku.spoil(Integer.decode(code));
            assertThatThrownBy(haiku::open)
                    .isInstanceOf(DeviceFaultException.class)
                    .hasMessageContaining(why);
            haiku.spoil(HaikuRequests.NOTHING);
            haiku.open();
        }
    }

    @Test
    @DisplayName("whose streams have no stereo, as it takes for granted without channel maps")
    void withoutStereo() {
        try (VirtualMachine machine = VirtualMachine.guarded(Map.of("channels", "4-8", "chmaps", "off"));
                HaikuGuest guest = new HaikuGuest(machine.bus())) {
            assertThatThrownBy(() -> guest.play(NodeSettings.ofMediaServer()))
                    .isInstanceOf(DeviceFaultException.class)
                    .hasMessageContaining("gets no buffers");
        }
    }

    @Test
    @DisplayName("that is open already")
    void thatIsOpenAlready() {
        try (HaikuRequests haiku = new HaikuRequests()) {
            haiku.open();
            assertThatThrownBy(haiku::open)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("B_BUSY");
        }
    }
}
