// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * A virtio device without its transport (VIRTIO 1.4 chapter 2 and 5). The transport owns status, feature negotiation,
 * the queues' registers and interrupts; the device owns what the buffers mean.
 *
 * <p>Device thread only. No method throws for a guest's fault.
 */
public interface VirtioDevice extends AutoCloseable {
    /** Instead of a queue's number. */
    int NO_QUEUE = -1;

    /** The virtio device ID, section 5. */
    int deviceId();

    /** Device-specific feature bits offered, bits 0..23 only. Constant. */
    long deviceFeatures();

    /**
     * Reserved feature bits that the operator lets the device's transport offer beside those of every transport. One that offers
     * what it is told otherwise need not ask. Constant.
     */
    default long offeredFeatures() {
        return 0;
    }

    /** Number of queues. Constant. */
    int queueCount();

    /** Most descriptors of a queue: a power of two, at most 32768. Constant. */
    int queueSizeMax(int queue);

    /**
     * The queue in which drivers ask before DRIVER_OK, although they must not: a notification of it starts the device early.
     * {@link #NO_QUEUE}: none does, as the standard says (VIRTIO 1.4 section 2.1.2). Constant.
     */
    int earlyQueue();

    /** Bytes of device-specific configuration. Constant. */
    int configLength();

    /** One byte of the device-specific configuration, 0..255. The transport checks the range. */
    int readConfig(int offset);

    /**
     * Called once, when the device is plugged into its transport: it names the server of its queues,
     * {@link VirtioTransport#onNotify}.
     *
     * @param transport the transport, which lives as long as the device
     */
    void attach(VirtioTransport transport);

    /**
     * The driver has notified {@link #earlyQueue} before DRIVER_OK: from now on the queues that it notifies may be used, and no
     * other is looked at. {@link #driverOk} or a reset follows.
     */
    void driverEarly();

    /**
     * The driver has set DRIVER_OK: from now on the enabled queues may be used. The device looks at every enabled queue
     * once, since a notification may have come before.
     *
     * @param features all negotiated feature bits
     */
    void driverOk(long features);

    /**
     * The driver suspends the device (VIRTIO_F_SUSPEND, VIRTIO 1.4 section 3.4): from now on it takes nothing from its queues. When
     * it has used what it is processing, and will not touch a queue before {@link #resume}, it calls
     * {@link VirtioTransport#suspended}; perhaps before this returns. For transports that offer the feature.
     */
    default void suspend() {}

    /**
     * A snapshot was restored of a device that its driver had suspended and not resumed: nothing is taken from the queues. Nothing
     * else changes, and {@link VirtioTransport#suspended} is not called before this returns.
     *
     * @param inProcess whether it has yet to be called
     */
    default void restoreSuspended(boolean inProcess) {}

    /** The driver resumes the device: it looks at every enabled queue. */
    default void resume() {}

    /**
     * The driver resets one queue (VIRTIO_F_RING_RESET): the device forgets every buffer of it without using it. The
     * transport resets the queue itself afterwards.
     */
    void queueReset(int queue);

    /**
     * The driver resets the device: it stops everything, forgets every buffer and returns to its first state. The
     * transport resets the queues afterwards.
     */
    void reset();

    /** Writes the device's own state, without its queues, as one or more sections. */
    void save(SnapshotWriter out);

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @param chains the chains that were with the device, which claims each that it held
     * @param running whether the driver had set DRIVER_OK or started the device early, and the device has needed no reset since
     * @return restores the device, whatever its state is by then; called after the queues are restored, and does not
     *     touch them
     * @throws SnapshotException if a device like this one cannot have written it
     */
    Runnable load(SnapshotReader in, RestoredChains chains, boolean running) throws SnapshotException;

    /**
     * Whether its operator has changed something since it was reset that a state saved before does not have. It makes the change again
     * when such a state is loaded, or the settings.
     */
    default boolean isChangedByOperator() {
        return false;
    }

    /**
     * Writes what the driver has set and will not set again if the device is lost and replaced under it, as one section: no
     * chain and no time. {@link VirtioTransport#settingsChanged} says when it is different.
     */
    default void saveSettings(SnapshotWriter out) {}

    /**
     * Reads what {@link #saveSettings} wrote, and changes nothing.
     *
     * @return makes the device, which was reset, what the driver believes that it is; {@link #driverOk} comes next, and the
     *     chains that were with the device before are taken again
     * @throws SnapshotException if a device like this one cannot have written it
     */
    default Runnable loadSettings(SnapshotReader in) throws SnapshotException {
        return () -> {};
    }

    /** Ends the device; {@link #reset} comes first. Idempotent. */
    @Override
    void close();
}
