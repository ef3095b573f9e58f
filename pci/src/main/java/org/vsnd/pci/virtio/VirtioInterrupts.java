// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import static org.vsnd.pci.virtio.CommonCfg.NO_VECTOR;

import java.util.Arrays;
import org.vsnd.pci.Intx;
import org.vsnd.pci.MsixTable;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/**
 * Interrupts to the driver: the ISR byte and INTx, or MSI-X vectors mapped to events, VIRTIO 1.4 sections 4.1.4.5 and
 * 4.1.5.1.2. An event without a vector is silent while MSI-X is on (PCI-55).
 */
final class VirtioInterrupts {
    private static final int ISR_QUEUE = 1;
    private static final int ISR_CONFIG = 2;

    private final MsixTable msix;
    private final Intx intx;
    private final int[] queueVectors;

    private int configVector;
    private int isr;

    VirtioInterrupts(MsixTable msix, Intx intx, int queues) {
        this.msix = msix;
        this.intx = intx;
        queueVectors = new int[queues];
        reset();
    }

    /** Announces used buffers. */
    void queue(int index) {
        if (msix.enabled()) {
            send(queueVectors[index]);
        } else {
            raise(ISR_QUEUE);
        }
    }

    /**
     * Whether the driver is known not to have taken the last interrupt of a queue; with a pin, taking it reads the ISR
     * byte.
     */
    boolean queueUnderway(int index) {
        if (!msix.enabled()) {
            return (isr & ISR_QUEUE) != 0;
        }
        int vector = queueVectors[index];
        return vector != NO_VECTOR && msix.underway(vector);
    }

    /** Announces a configuration change; bit 1 is set first, also with MSI-X (PCI-44). */
    void config() {
        raise(ISR_CONFIG);
        if (msix.enabled()) {
            send(configVector);
        }
    }

    /** Reading the ISR byte clears it and deasserts INTx (PCI-43). */
    int readIsr() {
        int value = isr;
        isr = 0;
        intx.setCause(false);
        return value;
    }

    int configVector() {
        return configVector;
    }

    void setConfigVector(int vector) {
        configVector = valid(vector);
    }

    int queueVector(int queue) {
        return queueVectors[queue];
    }

    void setQueueVector(int queue, int vector) {
        queueVectors[queue] = valid(vector);
    }

    /** Unmaps all events (PCI-54) and clears what is pending. */
    void reset() {
        configVector = NO_VECTOR;
        Arrays.fill(queueVectors, NO_VECTOR);
        msix.clearPending();
        isr = 0;
        intx.setCause(false);
    }

    /** Whether the ISR byte is not 0, which asserts INTx. */
    boolean hasCause() {
        return isr != 0;
    }

    void save(SnapshotWriter out) {
        out.u16(configVector);
        for (int vector : queueVectors) {
            out.u16(vector);
        }
        out.u8(isr);
    }

    /**
     * Reads what {@link #save} wrote, and changes nothing.
     *
     * @return restores vectors and ISR byte; the caller sets INTx
     */
    Runnable load(SnapshotReader in) throws SnapshotException {
        int loadedConfig = loadVector(in);
        int[] loadedQueues = new int[queueVectors.length];
        for (int queue = 0; queue < loadedQueues.length; queue++) {
            loadedQueues[queue] = loadVector(in);
        }
        int loadedIsr = in.u8("ISR", ISR_QUEUE | ISR_CONFIG);
        return () -> {
            configVector = loadedConfig;
            System.arraycopy(loadedQueues, 0, queueVectors, 0, queueVectors.length);
            isr = loadedIsr;
        };
    }

    private int loadVector(SnapshotReader in) throws SnapshotException {
        int vector = in.u16("a vector", NO_VECTOR);
        in.require(vector == valid(vector), "there is no vector " + vector);
        return vector;
    }

    private int valid(int vector) {
        return vector < msix.vectors() ? vector : NO_VECTOR; // PCI-53
    }

    private void raise(int bit) {
        isr |= bit;
        intx.setCause(true);
    }

    private void send(int vector) {
        if (vector != NO_VECTOR) {
            msix.trigger(vector);
        }
    }
}
