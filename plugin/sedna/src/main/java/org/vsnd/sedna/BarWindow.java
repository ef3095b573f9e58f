// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import java.util.Optional;
import li.cil.sedna.api.Sizes;
import li.cil.sedna.api.device.Device;
import li.cil.sedna.api.device.MemoryMappedDevice;
import li.cil.sedna.api.devicetree.DeviceTree;
import li.cil.sedna.api.devicetree.DeviceTreeProvider;
import li.cil.sedna.api.memory.MemoryMap;
import li.cil.sedna.devicetree.DeviceTreeRegistry;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.pci.ecam.EcamLayout;

/** Where the guest puts the card's BARs. */
final class BarWindow implements MemoryMappedDevice {
    /** For accesses that Sedna forwards: no driver of a virtio card makes wider ones. */
    static final int SIZES = 1 << Sizes.SIZE_8_LOG2 | 1 << Sizes.SIZE_16_LOG2 | 1 << Sizes.SIZE_32_LOG2;

    private final EcamHostBridge bridge;
    private final EcamLayout layout;

    BarWindow(EcamHostBridge bridge, EcamLayout layout) {
        this.bridge = bridge;
        this.layout = layout;
    }

    @Override
    public int getLength() {
        return (int) layout.windowBytes();
    }

    @Override
    public int getSupportedSizes() {
        return SIZES;
    }

    @Override
    public long load(int offset, int sizeLog2) {
        return bridge.readWindow(layout.windowAddress() + offset, 1 << sizeLog2);
    }

    @Override
    public void store(int offset, long value, int sizeLog2) {
        bridge.writeWindow(layout.windowAddress() + offset, 1 << sizeLog2, value);
    }

    /** The bus's own node describes the window: this one goes into a tree that is never read. */
    static final class Node implements DeviceTreeProvider {
        @Override
        public Optional<String> getName(Device device) {
            return Optional.of("pci-window");
        }

        @Override
        public Optional<DeviceTree> createNode(DeviceTree root, MemoryMap map, Device device, String deviceName) {
            return Optional.of(DeviceTreeRegistry.create(map));
        }

        @Override
        public void visit(DeviceTree node, MemoryMap map, Device device) {}
    }
}
