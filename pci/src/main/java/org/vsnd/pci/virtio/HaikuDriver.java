// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.QueueRegisters;

/**
 * The special treatment of Haiku, whose virtio bus manager has faults that its users cannot fix (HAIKU.md section 13,
 * ADR 13):
 *
 * <ul>
 *   <li>It is recognised by what no other known driver does: it writes {@code device_feature}, which is read-only, where
 *       it means {@code driver_feature}, and before it reads any {@code queue_size}. That holds until the device is reset
 *       or {@code driver_feature} is written. Haiku opens the device again without a reset, but has closed it with one.
 *   <li>It takes {@code queue_size} as it is. With rings of 256 its second open deletes a ring, since a pointer left by
 *       the first open points to where that ring now is; with rings of 64 it does not. So it is told 64.
 *   <li>It frees its rings when it has seen the last answer, while that answer's interrupt is still on its way; its
 *       handler then walks freed memory. So the interrupt comes first: {@link VirtioPciTransport#interruptLeadNanos}.
 * </ul>
 *
 * <p>Device thread only.
 */
final class HaikuDriver {
    /** QEMU's size, for which the driver was written. */
    private static final int QUEUE_SIZE = 64;

    private static final Logger LOG = System.getLogger(HaikuDriver.class.getName());

    private final TransportQueues queues;

    private boolean present;
    /** Since the reset, the driver has negotiated as others do, or relies on a queue_size that it read. */
    private boolean settled;

    private boolean logged;

    HaikuDriver(TransportQueues queues) {
        this.queues = queues;
    }

    boolean isPresent() {
        return present;
    }

    /** The driver writes device_feature. */
    void deviceFeatureWritten() {
        if (present || settled) {
            return;
        }
        present = true;
        for (int i = 0; i < queues.count(); i++) {
            QueueRegisters queue = queues.registers(i);
            queue.setSize(Math.min(queue.size(), QUEUE_SIZE));
        }
        if (!logged) {
            logged = true;
            LOG.log(Level.INFO, "the driver is Haiku''s: rings of {0}, interrupts before answers", QUEUE_SIZE);
        }
    }

    /** The driver writes driver_feature: it is not Haiku's, and gets the ordinary queues. */
    void driverFeatureWritten() {
        if (present && !settled) {
            for (int i = 0; i < queues.count(); i++) {
                queues.registers(i).setSize(queues.registers(i).sizeMax());
            }
        }
        present = false;
        settled = true;
    }

    /** The driver reads queue_size: from now on the answer stays the same. */
    void queueSizeRead() {
        settled = true;
    }

    void reset() {
        present = false;
        settled = false;
    }

    void save(SnapshotWriter out) {
        out.bool(present).bool(settled);
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        boolean wasPresent = in.bool("Haiku's driver");
        boolean wasSettled = in.bool("negotiation over");
        return () -> {
            present = wasPresent;
            settled = wasSettled;
        };
    }
}
