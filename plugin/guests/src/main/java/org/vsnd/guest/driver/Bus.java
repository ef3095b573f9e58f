// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.function.BooleanSupplier;

/**
 * What a guest's CPU sees of one PCI function: configuration space, BARs, memory, interrupts and time. One thread.
 *
 * <p>BARs are named by index and offset, wherever the driver has placed them.
 */
public interface Bus extends AutoCloseable {
    /** Reads {@code size} (1, 2 or 4) bytes of configuration space, zero-extended. */
    int readConfig(int offset, int size);

    /** Writes {@code size} (1, 2 or 4) bytes of configuration space. */
    void writeConfig(int offset, int size, int value);

    /** Reads {@code size} (1, 2, 4 or 8) bytes of a BAR, zero-extended. */
    long readBar(int bar, long offset, int size);

    /** Writes {@code size} (1, 2, 4 or 8) bytes of a BAR. */
    void writeBar(int bar, long offset, int size, long value);

    /** The guest's memory as its CPU sees it. */
    GuestRam ram();

    /** Told what the device may touch. */
    DmaGuard guard();

    /** Message-signalled interrupts that have arrived with this data value, since the beginning. */
    long messages(int data);

    /** Level of the function's INTA# line. */
    boolean intxAsserted();

    /** The guest's clock in nanoseconds, from an arbitrary origin. */
    long nanoTime();

    /**
     * Lets time pass until the condition holds. The condition is looked at after everything that could change it.
     *
     * @return false if {@code timeoutNanos} went by before it did
     */
    boolean await(BooleanSupplier condition, long timeoutNanos);

    /** Lets exactly or at least (wall clock) this much time pass. */
    default void pass(long nanos) {
        await(() -> false, nanos);
    }

    /** Unplugs the device. */
    @Override
    void close();
}
