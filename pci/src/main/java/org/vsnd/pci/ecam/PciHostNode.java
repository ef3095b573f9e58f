// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import java.util.ArrayList;
import java.util.List;

/**
 * The device tree node that tells a guest of an {@link EcamHostBridge}, by the binding {@code host-generic-pci}: Linux drives
 * it with {@code pci-host-generic}.
 *
 * <p>Its parent is a bus with 2 address cells and 2 size cells. A host with an MSI controller adds {@code msi-parent} or
 * {@code msi-map} itself.
 */
public final class PciHostNode {
    /**
     * One property.
     *
     * @param values each an {@link Integer}, which is one cell, or a {@link String}; empty for a flag
     */
    public record Property(String name, List<Object> values) {
        /** Keeps a copy of the list. */
        public Property {
            values = List.copyOf(values);
        }
    }

    // phys.hi of IEEE 1275's PCI binding: what kind of address it is, and the device of a function's one.
    private static final int MEMORY_32_BIT = 0x0200_0000;
    private static final int MEMORY_64_BIT = 0x0300_0000;
    private static final int DEVICE_SHIFT = 11;

    private final EcamLayout layout;
    private final int interruptParent;
    private final List<List<Integer>> lines;

    /**
     * A node for a bridge.
     *
     * @param interruptParent phandle of the interrupt controller
     * @param lines for each of the four lines, the cells that name it there, after the phandle. A PLIC has one, the
     *     number; a GIC three: 0 for a shared one, its number less 32, 4 for a level. If the controller has {@code
     *     #address-cells} other than 0, that many zeros come first.
     */
    public PciHostNode(EcamLayout layout, int interruptParent, List<List<Integer>> lines) {
        if (lines.size() != IntxLines.COUNT) {
            throw new IllegalArgumentException(
                    "a PCI bus has four interrupt lines, not " + lines.size() + ": give one interrupt more than once");
        }
        this.layout = layout;
        this.interruptParent = interruptParent;
        this.lines = lines.stream().map(List::copyOf).toList();
    }

    /** The node's name, including the unit address. */
    public String name() {
        return "pci@" + Long.toHexString(layout.ecamAddress());
    }

    /** All properties of the node. */
    public List<Property> properties() {
        List<Object> reg = new ArrayList<>();
        addPair(reg, layout.ecamAddress());
        addPair(reg, EcamLayout.ECAM_BYTES);
        return List.of(
                new Property("compatible", List.of("pci-host-ecam-generic")),
                new Property("device_type", List.of("pci")),
                new Property("reg", reg),
                new Property("bus-range", List.of(0, 0)),
                new Property("#address-cells", List.of(3)),
                new Property("#size-cells", List.of(2)),
                new Property("ranges", ranges()),
                new Property("#interrupt-cells", List.of(1)),
                new Property("interrupt-map-mask", List.of((IntxLines.COUNT - 1) << DEVICE_SHIFT, 0, 0, 7)),
                new Property("interrupt-map", interruptMap()),
                new Property("dma-coherent", List.of()));
    }

    private List<Object> ranges() {
        List<Object> cells = new ArrayList<>();
        addRange(cells, MEMORY_32_BIT, layout.windowAddress(), layout.windowBytes());
        addRange(cells, MEMORY_64_BIT, layout.highWindowAddress(), layout.highWindowBytes());
        return cells;
    }

    private static void addRange(List<Object> cells, int kind, long address, long bytes) {
        if (bytes != 0) {
            cells.add(kind);
            addPair(cells, address); // on the bus
            addPair(cells, address); // in the guest's memory
            addPair(cells, bytes);
        }
    }

    private static void addPair(List<Object> cells, long value) {
        cells.add((int) (value >>> 32));
        cells.add((int) value);
    }

    /** The line to which each pin leads, for the four devices after which it repeats. */
    private List<Object> interruptMap() {
        List<Object> cells = new ArrayList<>();
        for (int device = 0; device < IntxLines.COUNT; device++) {
            for (int pin = 1; pin <= IntxLines.COUNT; pin++) {
                cells.addAll(List.of(device << DEVICE_SHIFT, 0, 0, pin, interruptParent));
                cells.addAll(lines.get(SharedLines.line(device, pin)));
            }
        }
        return cells;
    }
}
