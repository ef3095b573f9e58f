// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

/** Told of what the guest does that the bus does not show. Called on the guest's thread. */
public interface KernelLog {
    /** For whom the bus shows enough. */
    KernelLog NONE = new KernelLog() {};

    /** DMA memory was taken. */
    default void areaCreated(String name, long address, int bytes) {}

    /** DMA memory was given back. */
    default void areaDeleted(long address, int bytes) {}

    /** The first {@code bytes} of a BAR were mapped. */
    default void barMapped(int bar, long bytes) {}

    /** An interrupt handler was installed; 64 + n is MSI-X vector n. */
    default void handlerInstalled(int irq) {}

    /** A step of the guest as a whole begins: {@code pci_scan}, {@code open}, {@code BUFFER_EXCHANGE}. */
    default void mark(String name) {}
}
