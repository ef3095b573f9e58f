// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_ERR;
import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_INTX;
import static org.vsnd.it.vfiouser.VfioUserDevice.IRQ_MSIX;
import static org.vsnd.it.vfiouser.VfioUserDevice.TRIGGER_EVENTFD;
import static org.vsnd.it.vfiouser.VfioUserDevice.TRIGGER_NONE;
import static org.vsnd.it.vfiouser.VfioUserDevice.UNMASK;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.Poller;

/** The monitor's eventfds, one for each vector and one for INTx, and when they are given to the server. One thread. */
final class ReceivedInterrupts implements AutoCloseable {
    private static final int BATCH = 16; // cloud-hypervisor's vectors per message

    private final Personality personality;
    private VfioUserDevice device;
    private final MsixEmulation msix;
    private final EventFd[] vectorFds;
    private final boolean[] given;
    private final Poller poller;
    private @Nullable EventFd intxFd;
    private final EventFd errorFd;
    private boolean intxAsserted;

    ReceivedInterrupts(Personality personality, VfioUserDevice device, int vectors, boolean hasIntx)
            throws IOException {
        this.personality = personality;
        this.device = device;
        msix = new MsixEmulation(vectors);
        vectorFds = new EventFd[vectors];
        given = new boolean[vectors];
        poller = new Poller(vectors + 2);
        for (int v = 0; v < vectors; v++) {
            vectorFds[v] = EventFd.create();
            poller.set(v, vectorFds[v].fd(), Poller.POLLIN);
        }
        poller.set(wireSlot(), device.wire().fd(), Poller.POLLIN);
        errorFd = EventFd.create();
        if (hasIntx) {
            intxFd = EventFd.create();
            poller.set(vectors, intxFd.fd(), Poller.POLLIN);
            connectIntx();
        }
    }

    int wireSlot() {
        return vectorFds.length + 1;
    }

    Poller poller() {
        return poller;
    }

    boolean hasIntx() {
        return intxFd != null;
    }

    int tableBytes() {
        return msix.tableBytes();
    }

    void setErrorEventfd() {
        device.setIrqs(TRIGGER_EVENTFD, IRQ_ERR, 0, 1, errorFd.fd());
    }

    void connectIntx() {
        if (intxFd != null) {
            device.setIrqs(TRIGGER_EVENTFD, IRQ_INTX, 0, 1, intxFd.fd());
        }
    }

    long readTable(long offset, int size) {
        return msix.read(offset, size);
    }

    void writeTable(long offset, int size, long value) {
        msix.write(offset, size, value);
        giveOpenVectors();
    }

    /** The guest has written the MSI-X control word. */
    void msixControl(boolean enabled, boolean masked) {
        boolean was = msix.isEnabled();
        msix.control(enabled, masked);
        if (enabled && !was) {
            enableMsix();
        } else if (was && !enabled) {
            disableMsix();
        }
        if (enabled) {
            giveOpenVectors();
        }
    }

    private void enableMsix() {
        if (intxFd != null) {
            device.setIrqs(TRIGGER_NONE, IRQ_INTX, 0, 0);
        }
        if (personality == Personality.QEMU) {
            device.setIrqs(TRIGGER_EVENTFD, IRQ_MSIX, 0, 1); // switched on, no vector usable yet
            return;
        }
        for (int start = 0; start < vectorFds.length; start += BATCH) {
            int count = Math.min(BATCH, vectorFds.length - start);
            int[] fds = new int[count];
            for (int i = 0; i < count; i++) {
                fds[i] = vectorFds[start + i].fd();
            }
            device.setIrqs(TRIGGER_EVENTFD, IRQ_MSIX, start, count, fds);
        }
    }

    private void disableMsix() {
        Arrays.fill(given, false);
        device.setIrqs(TRIGGER_NONE, IRQ_MSIX, 0, 0);
        connectIntx();
    }

    private void giveOpenVectors() {
        if (personality == Personality.QEMU) {
            for (int v = 0; v < vectorFds.length; v++) {
                if (msix.isOpen(v) && !given[v]) {
                    given[v] = true;
                    device.setIrqs(TRIGGER_EVENTFD, IRQ_MSIX, v, 1, vectorFds[v].fd());
                }
            }
        }
        msix.release();
    }

    /** The machine has its device elsewhere, and gives it the same eventfds. */
    void moveTo(VfioUserDevice next) {
        drain();
        device = next;
        poller.set(wireSlot(), device.wire().fd(), Poller.POLLIN);
        Arrays.fill(given, false);
        connectIntx();
        if (msix.isEnabled()) {
            enableMsix();
            giveOpenVectors();
        }
    }

    /** The machine's reset. */
    void resetMsix() {
        if (msix.isEnabled()) {
            disableMsix();
        }
        msix.reset();
        intxAsserted = false;
    }

    void disableAll() {
        if (msix.isEnabled()) {
            disableMsix();
        }
        if (personality == Personality.QEMU) {
            device.setIrqs(TRIGGER_EVENTFD, IRQ_ERR, 0, 1);
        }
        if (intxFd != null) {
            device.setIrqs(TRIGGER_NONE, IRQ_INTX, 0, 0);
        }
    }

    /** A guest's access to a BAR while INTx is asserted is taken for its end-of-interrupt. */
    void afterBarAccess() {
        if (intxAsserted) {
            intxAsserted = false;
            device.setIrqs(UNMASK, IRQ_INTX, 0, 1);
        }
    }

    /** Takes what has come in. */
    void drain() {
        for (int v = 0; v < vectorFds.length; v++) {
            if (vectorFds[v].drain()) {
                msix.triggered(v);
            }
        }
        if (intxFd != null && intxFd.drain()) {
            intxAsserted = true;
        }
    }

    long messages(int data) {
        return msix.messages(data);
    }

    boolean intxAsserted() {
        return intxAsserted && !msix.isEnabled();
    }

    @Override
    public void close() {
        for (EventFd fd : vectorFds) {
            fd.close();
        }
        if (intxFd != null) {
            intxFd.close();
        }
        errorFd.close();
    }
}
