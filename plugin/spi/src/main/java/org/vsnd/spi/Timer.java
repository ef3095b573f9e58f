// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/** A timer that can be armed repeatedly without allocating. Device thread only. */
public interface Timer {
    /**
     * Runs the task once, at or as soon as possible after {@code deadlineNanos}; replaces an earlier deadline. A deadline
     * in the past is due at once, but never from inside this call.
     *
     * @param deadlineNanos in terms of {@link DeviceThread#nanoTime()}
     */
    void arm(long deadlineNanos);

    /** Forgets the deadline; the task does not run until the timer is armed again. */
    void cancel();
}
