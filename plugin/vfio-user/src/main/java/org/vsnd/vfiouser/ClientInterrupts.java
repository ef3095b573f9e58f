// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.server.EventLoop;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.PciInterrupts;

/** The eventfds by which the client's guest is interrupted. Device thread only. */
final class ClientInterrupts implements PciInterrupts {
    private final MsixVectors msix;
    private final IntxLine intx;
    private @Nullable EventFd error;
    private @Nullable EventFd request;

    ClientInterrupts(EventLoop loop, CardBudget budget) throws ErrnoException {
        msix = new MsixVectors(loop.signals());
        intx = new IntxLine(loop, budget.most(CardBudget.Limit.RESAMPLES_PER_SECOND));
    }

    @Override
    public int msixVectors() {
        return MsixVectors.MAX_VECTORS;
    }

    @Override
    public boolean hostMasksMsix() {
        return true;
    }

    @Override
    public void sendMsix(int vector, long address, int data) {
        msix.trigger(vector);
    }

    @Override
    public boolean msixPending(int vector) {
        return msix.pending(vector);
    }

    @Override
    public boolean msixUnderway(int vector) {
        return msix.underway(vector);
    }

    @Override
    public void setIntx(boolean asserted) {
        intx.set(asserted);
    }

    MsixVectors msix() {
        return msix;
    }

    IntxLine intx() {
        return intx;
    }

    /** Keeps the error eventfd. It is never signalled: QEMU would stop the virtual machine. */
    void assignError(@Nullable EventFd eventFd) {
        if (error != null) {
            error.close();
        }
        error = eventFd;
    }

    /** Keeps the eventfd by which a device asks to be given back. Nothing signals it. */
    void assignRequest(@Nullable EventFd eventFd) {
        if (request != null) {
            request.close();
        }
        request = eventFd;
    }

    /** The client is gone. */
    void disableAll() {
        msix.disable();
        intx.disable();
        assignError(null);
        assignRequest(null);
    }
}
