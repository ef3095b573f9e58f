// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/** The virtio bus manager's device: negotiation, queues, and the choice among interrupts. */
final class HaikuVirtioDevice {
    private static final int ISR_QUEUE = 1;
    /** From the last answer to the first ring that is freed, and for each of them. */
    private static final long FREE_NANOS = 100_000;

    private static final long FREE_RING_NANOS = 5_000;

    private final HaikuKernel kernel;
    private final HaikuPci pci;
    private final HaikuVirtioPci transport;
    private final boolean staysLoaded;
    private HaikuVirtqueue[] queues = {};
    private int firstIrq;
    private int irqCount;
    private boolean msix;

    /** Resets the device and makes it known to the driver above. */
    HaikuVirtioDevice(HaikuKernel kernel, HaikuPci pci, HaikuVersion version) {
        this.kernel = kernel;
        this.pci = pci;
        staysLoaded = version == HaikuVersion.KERNEL;
        transport = new HaikuVirtioPci(kernel, pci, version);
        transport.setStatus(VirtioPciCommonCfg.STATUS_DRIVER);
    }

    HaikuVirtqueue queue(int index) {
        return queues[index];
    }

    int readConfig(int offset) {
        return transport.readDeviceConfig(offset);
    }

    /** Takes VERSION_1 and nothing else. If that fails the driver above does not mind. */
    void negotiateFeatures() {
        long features = transport.readFeatures() & Features.VERSION_1;
        transport.writeFeatures(features);
        transport.setStatus(VirtioPciCommonCfg.STATUS_FEATURES_OK);
        if ((transport.status() & VirtioPciCommonCfg.STATUS_FEATURES_OK) == 0 || features == 0) {
            transport.setStatus(VirtioPciCommonCfg.STATUS_FAILED);
        }
    }

    /** Makes and enables the rings. */
    void allocateQueues(int count) {
        queues = new HaikuVirtqueue[count];
        for (int index = 0; index < count; index++) {
            queues[index] = new HaikuVirtqueue(kernel, transport, index);
        }
    }

    /**
     * With five vectors or more each queue has its own, with two to four all share the second, with fewer there is the
     * pin. Ends with DRIVER_OK.
     */
    void setUpInterrupts() {
        if (irqCount > 0) {
            setUpInterruptsAgain();
            return;
        }
        HaikuMsix vectors = pci.msix();
        int wanted = vectors.count() > queues.length ? queues.length + 1 : 2;
        msix = vectors.count() >= 2 && vectors.configure(wanted);
        if (msix) {
            vectors.enable();
            firstIrq = InterruptLines.FIRST_MSI_IRQ;
            irqCount = wanted;
            installVectorHandlers();
            writeVectors();
        } else {
            firstIrq = pci.interruptLine();
            irqCount = 1;
            if (firstIrq == 0 || firstIrq == 0xff) {
                throw new DeviceFaultException("Haiku: PCI IRQ not assigned");
            }
            kernel.interrupts().install(firstIrq, this::takePin);
        }
        ready();
    }

    /** Nobody has given up what the last open took: MSI-X cannot be configured again, and is on. */
    private void setUpInterruptsAgain() {
        if (msix) {
            writeVectors();
        }
        ready();
    }

    private void ready() {
        transport.setStatus(VirtioPciCommonCfg.STATUS_DRIVER_OK);
        for (HaikuVirtqueue queue : queues) {
            queue.enableInterrupt();
        }
    }

    private boolean isShared() {
        return irqCount == 2;
    }

    private void installVectorHandlers() {
        kernel.interrupts().install(firstIrq, () -> {}); // configuration changes interest nobody
        if (isShared()) {
            kernel.interrupts().install(firstIrq + 1, this::interruptAll);
            return;
        }
        for (int index = 0; index < queues.length; index++) {
            int queue = index;
            kernel.interrupts().install(firstIrq + 1 + index, () -> queues[queue].interrupt());
        }
    }

    private void writeVectors() {
        transport.setConfigVector(0);
        for (int index = 0; index < queues.length; index++) {
            transport.setQueueVector(index, isShared() ? 1 : index + 1);
        }
    }

    /** Of the queues there were last, freed or not. */
    private void interruptAll() {
        for (HaikuVirtqueue queue : queues) {
            queue.interrupt();
        }
    }

    private void takePin() {
        if ((transport.readIsr() & ISR_QUEUE) != 0) {
            interruptAll();
        }
    }

    /** Gives the rings' memory back, and only then resets the device. */
    void freeQueues() {
        kernel.work(FREE_NANOS);
        for (HaikuVirtqueue queue : queues) {
            queue.delete();
            kernel.work(FREE_RING_NANOS);
        }
        if (!staysLoaded) {
            queues = new HaikuVirtqueue[0]; // nothing comes any more before the handlers are gone
        }
        transport.reset();
        transport.setStatus(VirtioPciCommonCfg.STATUS_DRIVER);
    }

    /** The driver above is gone: resets the device once more and takes the handlers away. */
    void uninit() {
        transport.reset();
        for (int irq = firstIrq; irq < firstIrq + irqCount; irq++) {
            kernel.interrupts().remove(irq);
        }
        if (msix) {
            pci.msix().disable();
            pci.msix().unconfigure();
        }
    }
}
