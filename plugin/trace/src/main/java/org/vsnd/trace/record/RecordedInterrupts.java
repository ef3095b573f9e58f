// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import org.vsnd.spi.PciInterrupts;

/** Interrupts as they leave the device: messages by their vector, and assertions of INTA#. Device thread only. */
final class RecordedInterrupts implements PciInterrupts {
    private final PciInterrupts interrupts;
    private final StepLog log;
    private boolean asserted;

    RecordedInterrupts(PciInterrupts interrupts, StepLog log) {
        this.interrupts = interrupts;
        this.log = log;
    }

    @Override
    public int msixVectors() {
        return interrupts.msixVectors();
    }

    @Override
    public boolean hostMasksMsix() {
        return interrupts.hostMasksMsix();
    }

    @Override
    public void sendMsix(int vector, long address, int data) {
        log.irq(vector);
        interrupts.sendMsix(vector, address, data);
    }

    @Override
    public boolean msixPending(int vector) {
        return interrupts.msixPending(vector);
    }

    @Override
    public long deliveryNanos() {
        return interrupts.deliveryNanos();
    }

    @Override
    public boolean msixUnderway(int vector) {
        return interrupts.msixUnderway(vector);
    }

    @Override
    public void setIntx(boolean level) {
        if (level && !asserted) {
            log.irq(StepRecord.INTX);
        }
        asserted = level;
        interrupts.setIntx(level);
    }
}
