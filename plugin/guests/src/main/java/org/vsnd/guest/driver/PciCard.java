// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.List;

/** What enumeration found. */
public record PciCard(
        int vendor,
        int device,
        int revision,
        int classCode,
        int subsystemVendor,
        int subsystemDevice,
        int interruptPin,
        List<PciBar> bars,
        List<PciCapability> capabilities,
        List<VirtioCapability> virtio) {
    /** The first virtio capability of a type. */
    public VirtioCapability virtio(int type) {
        return virtio.stream()
                .filter(cap -> cap.type() == type)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no virtio capability of type " + type));
    }

    /** Offset of the first capability with this id, or 0. */
    public int capability(int id) {
        return capabilities.stream()
                .filter(cap -> cap.id() == id)
                .findFirst()
                .map(PciCapability::offset)
                .orElse(0);
    }

    /** The BAR with this index. */
    public PciBar bar(int index) {
        return bars.stream()
                .filter(bar -> bar.index() == index)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no BAR " + index));
    }
}
