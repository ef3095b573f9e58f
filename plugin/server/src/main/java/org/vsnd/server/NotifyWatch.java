// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;
import org.vsnd.spi.Timer;

/**
 * Watches the guest's queue notifications and logs once per client if its memory seems not to be shared. Device thread only.
 */
public final class NotifyWatch {
    private static final String ADVICE =
            "the guest notifies its queues, but its memory reads as zero: the hypervisor does not seem to share it"
                    + " (share=off). For QEMU: -object memory-backend-memfd,id=mem0,size=...,share=on"
                    + " -machine memory-backend=mem0; for cloud-hypervisor: --memory shared=on";

    private final UnsharedMemoryDetector detector;
    private final GuestMemory memory;
    private final RateLimitedLog log;
    private final DeviceThread thread;
    private final Timer recheck;
    private int addressesBefore;
    private volatile boolean suspected;

    NotifyWatch(UnsharedMemoryDetector detector, GuestMemory memory, DeviceThread thread, RateLimitedLog log) {
        this.detector = detector;
        this.memory = memory;
        this.thread = thread;
        this.log = log;
        recheck = thread.timer(this::recheck);
    }

    /** Starts anew for another client. */
    void restart() {
        detector.restart();
        recheck.cancel();
        suspected = false;
    }

    /** Whether this client's memory seems not to be shared. Any thread. */
    boolean suspected() {
        return suspected;
    }

    /** A notification begins; returns whether {@link #ends} must follow it. */
    public boolean begins() {
        if (detector.shared()) {
            return false;
        }
        addressesBefore = detector.addressCount();
        detector.notifyBegins();
        return true;
    }

    /** The notification has been done. */
    public void ends() {
        if (detector.notifyEnds(addressesBefore)) {
            recheck.arm(thread.nanoTime() + UnsharedMemoryDetector.GRACE_NANOS);
        }
    }

    private void recheck() {
        for (int i = 0; i < detector.addressCount() && !detector.shared(); i++) {
            try {
                memory.loadAcquire16(detector.address(i)); // tells the detector
            } catch (GuestMemoryException e) {
                detector.restart(); // unmapped since: the guest started over
                return;
            }
        }
        if (!detector.shared()) {
            suspected = true;
            log.warn(() -> ADVICE);
        }
    }
}
