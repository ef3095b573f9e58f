// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.Map;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vhostuser.FrontEndHabits;

/** The hosts that tests run over. */
enum HostKind {
    /** In this process, the device's own MSI-X table, memory watched. */
    IN_PROCESS,
    /** In this process, the host masks. */
    IN_PROCESS_HOST_MASKS,
    /** In this process, a host that has no MSI. */
    IN_PROCESS_INTX,
    /** In this process, memory watched, and a recorder between host and card. */
    IN_PROCESS_RECORDED,
    /** Over a vfio-user socket, a client with QEMU's habits. */
    VFIO_QEMU,
    /** Over a vfio-user socket, a client with cloud-hypervisor's habits. */
    VFIO_CLOUD_HYPERVISOR,
    /** Over a vhost-user socket, a front end with QEMU's habits, on a card with two vectors. */
    VHOST_QEMU,
    /** Over a vhost-user socket, a front end with cloud-hypervisor's and libkrun's habits, on a card with two vectors. */
    VHOST_RUST_VMM,
    /** The reference host: memory in pages, PCI through memory-mapped windows, no MSI. */
    REFERENCE,
    /** The reference host with an MSI controller. */
    REFERENCE_MSI;

    private static final int VECTORS = 2;

    Machine open(Map<String, String> options) {
        return switch (this) {
            case IN_PROCESS -> VirtualMachine.guarded(options);
            case IN_PROCESS_HOST_MASKS -> VirtualMachine.hostMasks(options);
            case IN_PROCESS_INTX -> VirtualMachine.intxOnly(options);
            case IN_PROCESS_RECORDED -> VirtualMachine.recorded(options);
            case VFIO_QEMU -> ServedMachine.vfio(Personality.QEMU, options);
            case VFIO_CLOUD_HYPERVISOR -> ServedMachine.vfio(Personality.CLOUD_HYPERVISOR, options);
            case VHOST_QEMU -> ServedMachine.vhost(FrontEndHabits.QEMU, VECTORS, options);
            case VHOST_RUST_VMM -> ServedMachine.vhost(FrontEndHabits.RUST_VMM, VECTORS, options);
            case REFERENCE -> ReferenceMachine.open(false, options);
            case REFERENCE_MSI -> ReferenceMachine.open(true, options);
        };
    }

    /** Whether the PCI function, with the sizes of queues, is the monitor's. */
    boolean isVhost() {
        return this == VHOST_QEMU || this == VHOST_RUST_VMM;
    }

    Machine open() {
        return open(Map.of());
    }
}
