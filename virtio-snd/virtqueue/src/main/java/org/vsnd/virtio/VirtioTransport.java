// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

/** The services of a virtio transport for its device. Device thread only. */
public interface VirtioTransport {
    /** For all drivers but one: interrupts come after their cause. */
    long INTERRUPT_AFTER = -1;

    /** The queue with this index, enabled or not; the same object for the device's whole life. */
    Virtqueue queue(int index);

    /**
     * Sets what is run when the driver notifies an existing queue: it has made buffers available, or says so. Run only
     * between {@link VirtioDevice#driverOk} and {@link VirtioDevice#reset}; may be spurious, also for a queue that is
     * not enabled. Notifications of other queues are ignored. Called when the device is attached.
     */
    void onNotify(int index, Runnable served);

    /**
     * How many nanoseconds before an answer is used the driver must be interrupted because of it, for a driver that may
     * free the ring as soon as it has the answer; {@link #INTERRUPT_AFTER} for a driver that first resets the device,
     * as drivers must.
     */
    long interruptLeadNanos();

    /** Whether the last interrupt of a queue is known not to have reached the driver. */
    boolean interruptUnderway(int queue);

    /**
     * What {@link VirtioDevice#saveSettings} writes has changed, and the driver has not been answered yet. A transport whose
     * device lives as long as the guest needs not know.
     */
    default void settingsChanged() {}

    /** The device has done what {@link VirtioDevice#suspend} asks for. */
    default void suspended() {}

    /** The device-specific configuration has changed: the driver is told, and the generation changes on its next read. */
    void configChanged();

    /**
     * The guest has broken the device beyond repair: sets DEVICE_NEEDS_RESET, tells the driver (PCI-03, PCI-04) and
     * stops serving queues until reset.
     *
     * @param reason for the log, one line
     */
    void needsReset(String reason);
}
