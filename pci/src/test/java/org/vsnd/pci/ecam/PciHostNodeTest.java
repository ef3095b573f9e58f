// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.vsnd.pci.ecam.PciHostNode.Property;

/** The binding host-generic-pci, and IEEE 1275's for PCI. */
class PciHostNodeTest {
    private static final int PLIC = 3;
    private static final List<List<Integer>> PLIC_LINES = List.of(List.of(5), List.of(6), List.of(7), List.of(8));

    private static List<Object> values(PciHostNode node, String name) {
        return node.properties().stream()
                .filter(property -> property.name().equals(name))
                .findFirst()
                .map(Property::values)
                .orElseThrow();
    }

    @Test
    void theNodeTellsWhatLinuxWantsToKnow() {
        PciHostNode node = new PciHostNode(TestBus.LAYOUT, PLIC, PLIC_LINES);
        assertThat(node.name()).isEqualTo("pci@30000000");
        assertThat(node.properties().stream().map(Property::name)).doesNotHaveDuplicates();
        assertThat(values(node, "compatible")).containsExactly("pci-host-ecam-generic");
        assertThat(values(node, "device_type")).containsExactly("pci");
        assertThat(values(node, "reg")).containsExactly(0, 0x3000_0000, 0, 0x10_0000);
        assertThat(values(node, "bus-range")).containsExactly(0, 0);
        assertThat(values(node, "#address-cells")).containsExactly(3);
        assertThat(values(node, "#size-cells")).containsExactly(2);
        assertThat(values(node, "#interrupt-cells")).containsExactly(1);
        assertThat(values(node, "dma-coherent")).isEmpty();
    }

    @Test
    void eachWindowIsARange() {
        PciHostNode both = new PciHostNode(TestBus.LAYOUT, PLIC, PLIC_LINES);
        assertThat(values(both, "ranges"))
                .containsExactly(
                        0x0200_0000,
                        0,
                        0x4000_0000,
                        0,
                        0x4000_0000,
                        0,
                        0x1000_0000, //
                        0x0300_0000,
                        0x40,
                        0,
                        0x40,
                        0,
                        0,
                        0x1000_0000);
        EcamLayout high = new EcamLayout(0x1_0000_0000L, 0, 0, 0x8000_0000_0000L, 0x1_0000_0000L);
        PciHostNode one = new PciHostNode(high, PLIC, PLIC_LINES);
        assertThat(values(one, "reg")).containsExactly(1, 0, 0, 0x10_0000);
        assertThat(values(one, "ranges")).containsExactly(0x0300_0000, 0x8000, 0, 0x8000, 0, 1, 0);
    }

    @Test
    void theInterruptMapLeadsToTheLinesTheBridgeUses() {
        PciHostNode node = new PciHostNode(TestBus.LAYOUT, PLIC, PLIC_LINES);
        assertThat(values(node, "interrupt-map-mask")).containsExactly(0x1800, 0, 0, 7);
        List<Object> map = values(node, "interrupt-map");
        assertThat(map).hasSize(16 * 6);
        for (int device = 0; device < EcamHostBridge.DEVICES; device++) {
            for (int pin = 1; pin <= 4; pin++) {
                TestBus bus = TestBus.intxOnly();
                bus.bridge.slot(device, 0).plug(new FakeFunction(1).withPin(pin));
                bus.bridge.slot(device, 0).interrupts().setIntx(true);
                Object number = interrupt(map, (device << 11) & 0x1800, pin);
                assertThat(bus.lines[(Integer) number - 5])
                        .as("device %d, pin %d", device, pin)
                        .isTrue();
            }
        }
    }

    /** What an operating system finds in the map. */
    private static Object interrupt(List<Object> map, int address, int pin) {
        for (int entry = 0; entry < map.size(); entry += 6) {
            if (map.subList(entry, entry + 5).equals(List.of(address, 0, 0, pin, PLIC))) {
                return map.get(entry + 5);
            }
        }
        throw new AssertionError("no entry for this pin");
    }

    @Test
    void aGicHasThreeCellsForALine() {
        List<List<Integer>> lines = new ArrayList<>();
        for (int line = 0; line < 4; line++) {
            lines.add(List.of(0, 3 + line, 4));
        }
        List<Object> map = values(new PciHostNode(TestBus.LAYOUT, 1, lines), "interrupt-map");
        assertThat(map).hasSize(16 * 8);
        assertThat(map.subList(0, 8)).isEqualTo(List.of(0, 0, 0, 1, 1, 0, 3, 4));
        assertThat(map.subList(32, 40)).isEqualTo(List.of(0x800, 0, 0, 1, 1, 0, 4, 4));
    }

    @Test
    void fourLinesAreNeeded() {
        assertThatThrownBy(() -> new PciHostNode(TestBus.LAYOUT, PLIC, List.of(List.of(5))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give one interrupt more than once");
    }
}
