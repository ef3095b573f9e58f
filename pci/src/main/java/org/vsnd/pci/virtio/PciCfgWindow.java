// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.VirtioPciCap.BAR;
import static org.vsnd.pci.virtio.VirtioPciCap.LENGTH;
import static org.vsnd.pci.virtio.VirtioPciCap.OFFSET;
import static org.vsnd.pci.virtio.VirtioPciCap.PCI_CFG_DATA;

import java.util.List;
import org.vsnd.pci.ConfigSpace;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/**
 * VIRTIO_PCI_CAP_PCI_CFG, VIRTIO 1.4 section 4.1.4.9: an access to pci_cfg_data is an access to the BAR that the
 * capability's other fields name (PCI-48). If they make no sense, reads give 0 and writes are ignored.
 */
final class PciCfgWindow {
    private static final int DATA_LENGTH = 4;

    private final ConfigSpace config;
    private final int capability;
    private final PciFunction function;

    /** @param capability its offset in configuration space */
    PciCfgWindow(ConfigSpace config, int capability, PciFunction function) {
        this.config = config;
        this.capability = capability;
        this.function = function;
    }

    boolean touchedBy(int offset, int size) {
        return ConfigSpace.touches(offset, size, capability + PCI_CFG_DATA, DATA_LENGTH);
    }

    /** The driver is about to read pci_cfg_data. */
    void load() {
        int length = validLength();
        int value = length == 0 ? 0 : (int) function.readBar(bar(), barOffset(), length);
        config.set(capability + PCI_CFG_DATA, DATA_LENGTH, value);
    }

    /** The driver has written pci_cfg_data. */
    void store() {
        int length = validLength();
        if (length != 0) {
            function.writeBar(bar(), barOffset(), length, config.read(capability + PCI_CFG_DATA, length));
        }
    }

    private int bar() {
        return config.read(capability + BAR, 1);
    }

    private long barOffset() {
        return config.read(capability + OFFSET, 4) & 0xffffffffL;
    }

    /** 1, 2 or 4 for an aligned access inside a BAR, else 0. */
    private int validLength() {
        int length = config.read(capability + LENGTH, 4);
        if (length != 1 && length != 2 && length != 4) {
            return 0;
        }
        boolean aligned = barOffset() % length == 0;
        return aligned && barOffset() + length <= barSize() ? length : 0;
    }

    private long barSize() {
        List<Bar> bars = function.bars();
        for (int i = 0; i < bars.size(); i++) {
            if (bars.get(i).index() == bar()) {
                return bars.get(i).size();
            }
        }
        return 0;
    }
}
