// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import li.cil.sedna.api.device.Device;
import li.cil.sedna.api.device.InterruptController;
import li.cil.sedna.api.device.MemoryMappedDevice;
import li.cil.sedna.api.device.Resettable;
import li.cil.sedna.api.device.Steppable;
import li.cil.sedna.api.devicetree.DeviceTree;
import li.cil.sedna.api.devicetree.DeviceTreeProvider;
import li.cil.sedna.api.memory.MemoryMap;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.pci.ecam.EcamLayout;
import org.vsnd.pci.ecam.IntxLines;
import org.vsnd.pci.ecam.PciHostNode;

/**
 * Configuration space, and the bus in the guest's device tree. It is stepped after the processor, and so runs the
 * clock.
 */
final class EcamWindow implements MemoryMappedDevice, Steppable, Resettable {
    private final EcamHostBridge bridge;
    private final EcamLayout layout;
    private final BoardClock clock;
    private final InterruptController controller;
    private final int interrupt;

    /** @param interrupt of the controller, for all four lines */
    EcamWindow(
            EcamHostBridge bridge, EcamLayout layout, BoardClock clock, InterruptController controller, int interrupt) {
        this.bridge = bridge;
        this.layout = layout;
        this.clock = clock;
        this.controller = controller;
        this.interrupt = interrupt;
    }

    @Override
    public int getLength() {
        return EcamLayout.ECAM_BYTES;
    }

    @Override
    public int getSupportedSizes() {
        return BarWindow.SIZES;
    }

    @Override
    public long load(int offset, int sizeLog2) {
        return bridge.readEcam(offset, 1 << sizeLog2);
    }

    @Override
    public void store(int offset, long value, int sizeLog2) {
        bridge.writeEcam(offset, 1 << sizeLog2, value);
    }

    @Override
    public void step(int cycles) {
        clock.step();
    }

    @Override
    public void reset() {
        bridge.reset();
    }

    /** Sedna adds the register range itself. */
    static final class Node implements DeviceTreeProvider {
        @Override
        public Optional<String> getName(Device device) {
            return Optional.of("pci");
        }

        @Override
        public void visit(DeviceTree node, MemoryMap map, Device device) {
            EcamWindow window = (EcamWindow) device;
            List<List<Integer>> lines = Collections.nCopies(IntxLines.COUNT, List.of(window.interrupt));
            for (PciHostNode.Property property :
                    new PciHostNode(window.layout, node.getPHandle(window.controller), lines).properties()) {
                if (!property.name().equals("reg")) {
                    node.addProp(property.name(), property.values().toArray());
                }
            }
        }
    }
}
