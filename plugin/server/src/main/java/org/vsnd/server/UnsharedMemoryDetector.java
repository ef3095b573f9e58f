// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

/**
 * Detects a hypervisor that passes its memory file but keeps the guest's writes private ({@code share=off}): the guest
 * notifies a queue, yet every index the device loads is zero, and still is half a second later. Device thread only.
 */
final class UnsharedMemoryDetector {
    /** How long the driver's writes may take to appear after its notification. */
    static final long GRACE_NANOS = 500_000_000L;

    private static final int MAX_ADDRESSES = 16;

    private final long[] addresses = new long[MAX_ADDRESSES];
    private int addressCount;
    private boolean shared;
    private boolean inNotify;

    /** Starts anew with another client. */
    void restart() {
        addressCount = 0;
        shared = false;
        inNotify = false;
    }

    void notifyBegins() {
        inNotify = true;
    }

    /** Returns whether there is a first suspicion; then {@link #addresses} must be loaded again later. */
    boolean notifyEnds(int addressesBefore) {
        inNotify = false;
        return !shared && addressesBefore == 0 && addressCount > 0;
    }

    /** A 16-bit field was loaded; one that is not zero proves that the guest's writes arrive. */
    void loaded(long address, short value) {
        if (shared) {
            return;
        }
        if (value != 0) {
            shared = true;
        } else if (inNotify && addressCount < MAX_ADDRESSES) {
            addresses[addressCount++] = address;
        }
    }

    /** Whether the guest's writes are known to arrive. */
    boolean shared() {
        return shared;
    }

    /** Fields loaded as zero during notifications. */
    int addressCount() {
        return addressCount;
    }

    /** Guest-physical address of one of them. */
    long address(int index) {
        return addresses[index];
    }
}
