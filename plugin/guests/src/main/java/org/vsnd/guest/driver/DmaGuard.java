// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** Told by the driver what the device may touch, so that a test host can catch everything else. */
public interface DmaGuard {
    /** For hosts that cannot watch the device's accesses. */
    DmaGuard NONE = new DmaGuard() {
        @Override
        public void offer(long address, long length, boolean writable) {}

        @Override
        public void withdraw(long address, long length) {}
    };

    /** From now on the device may read, and if {@code writable} also write, this range. */
    void offer(long address, long length, boolean writable);

    /** From now on the device must not touch this range. */
    void withdraw(long address, long length);
}
