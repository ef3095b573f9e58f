// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

import java.util.List;
import java.util.Optional;

/**
 * One PCI function, called by the host on the {@link DeviceThread} only. Every call takes microseconds, never blocks
 * and never throws because of a guest.
 */
public interface PciFunction extends AutoCloseable {
    /** The base address registers in use, the same for the function's whole life. May be called on any thread. */
    List<Bar> bars();

    /**
     * Reads configuration space.
     *
     * @param offset 0..4095, any alignment; bytes outside read as 0
     * @param size 1, 2 or 4 bytes
     * @return the little-endian value, zero-extended to {@code size}
     */
    int readConfig(int offset, int size);

    /**
     * Writes configuration space; read-only bits stay as they are.
     *
     * @param offset 0..4095, any alignment
     * @param size 1, 2 or 4 bytes
     * @param value little-endian; bits above {@code size} are ignored
     */
    void writeConfig(int offset, int size, int value);

    /**
     * Reads a memory BAR.
     *
     * @param bar an index of {@link #bars()}; any other reads 0
     * @param offset bytes from the BAR's start; outside the BAR reads 0
     * @param size 1, 2, 4 or 8 bytes
     * @return the little-endian value, zero-extended
     */
    long readBar(int bar, long offset, int size);

    /**
     * Writes a memory BAR.
     *
     * @param bar an index of {@link #bars()}; any other is ignored
     * @param offset bytes from the BAR's start
     * @param size 1, 2, 4 or 8 bytes
     * @param value little-endian; bits above {@code size} are ignored (some hosts sign-extend)
     */
    void writeBar(int bar, long offset, int size, long value);

    /**
     * Function level reset, bus reset or power-on: restores the state after creation, and keeps the host's resources.
     */
    void reset();

    /**
     * Something that a function may be able to do beyond this interface, such as {@link Snapshotable}: the counterpart
     * of {@link Host#ability}. A wrapper around another function passes the call on, or does not have the ability.
     *
     * @param type the ability's interface
     * @return the ability, or empty if this function does not have it; by default, the function itself if it has that
     *     type
     */
    default <T> Optional<T> ability(Class<T> type) {
        return type.isInstance(this) ? Optional.of(type.cast(this)) : Optional.empty();
    }

    /** Ends the device: no interrupt and no access to guest memory afterwards. Idempotent. */
    @Override
    void close();
}
