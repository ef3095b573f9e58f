// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

/** Bits of device_status, VIRTIO 1.4 section 2.1 (PCI-01). */
final class DeviceStatus {
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 2;
    static final int DRIVER_OK = 4;
    static final int FEATURES_OK = 8;
    static final int SUSPEND = 16;
    static final int DEVICE_NEEDS_RESET = 64;
    static final int FAILED = 128;

    /** The bits that a driver can set; only a reset clears them, and DRIVER_OK also the device when it is suspended. */
    static final int DRIVER_BITS = ACKNOWLEDGE | DRIVER | DRIVER_OK | FEATURES_OK | FAILED;

    private DeviceStatus() {}
}
