package org.vsnd.virtio;

/** What a virtio transport does for its device. Device thread only. */
public interface VirtioTransport {
    /** The queue with this index, enabled or not; the same object for the device's whole life. */
    Virtqueue queue(int index);

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
