// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.host;

import org.vsnd.guest.driver.VirtioPciDriver;
import org.vsnd.spi.PciInterrupts;

/** Interrupts as they come in: messages counted by their data, and the level of INTA#. */
public final class InterruptLog implements PciInterrupts {
    private static final int DATA_VALUES = 0x1000;

    private final int msixVectors;
    private final boolean hostMasks;
    private final long deliveryNanos;
    private final long[] messages = new long[DATA_VALUES];
    private volatile long total;
    private volatile long strays;
    private volatile boolean asserted;
    private volatile long assertions;
    private boolean closed;

    /**
     * @param msixVectors most vectors; 0: INTx only
     * @param hostMasks whether messages are told apart by vector, as under vfio-user, instead of address and data
     */
    public InterruptLog(int msixVectors, boolean hostMasks) {
        this(msixVectors, hostMasks, 0);
    }

    /** @param deliveryNanos how long the guest may not see what has come in */
    public InterruptLog(int msixVectors, boolean hostMasks, long deliveryNanos) {
        this.msixVectors = msixVectors;
        this.hostMasks = hostMasks;
        this.deliveryNanos = deliveryNanos;
    }

    @Override
    public long deliveryNanos() {
        return deliveryNanos;
    }

    @Override
    public int msixVectors() {
        return msixVectors;
    }

    @Override
    public boolean hostMasksMsix() {
        return hostMasks;
    }

    @Override
    public synchronized void sendMsix(int vector, long address, int data) {
        int key = hostMasks ? VirtioPciDriver.MESSAGE_DATA + vector : data;
        if (key < 0 || key >= DATA_VALUES || (!hostMasks && address != VirtioPciDriver.MESSAGE_ADDRESS) || closed) {
            strays++;
            return;
        }
        messages[key]++;
        total++;
    }

    @Override
    public boolean msixPending(int vector) {
        return false;
    }

    @Override
    public synchronized void setIntx(boolean level) {
        if (closed && level) {
            strays++;
        }
        if (level && !asserted) {
            assertions++;
        }
        asserted = level;
    }

    /** From now on every interrupt is a stray one: the function was closed. */
    public synchronized void close() {
        closed = true;
    }

    /** Messages with this data so far. */
    public synchronized long messages(int data) {
        return messages[data];
    }

    /** All messages so far. */
    public long total() {
        return total;
    }

    /** Messages to an address nobody has programmed, or after the end. */
    public long strays() {
        return strays;
    }

    /** Level of INTA#. */
    public boolean intxAsserted() {
        return asserted;
    }

    /** Rising edges of INTA# so far. */
    public long intxAssertions() {
        return assertions;
    }
}
