// SPDX-License-Identifier: Apache-2.0
package org.vsnd.spi;

/**
 * The guest named memory that the device cannot reach. This is the guest's fault and must be cheap, so it has no stack
 * trace.
 */
public final class GuestMemoryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long address;
    private final long length;

    /**
     * @param address guest-physical address of the range, unsigned
     * @param length bytes
     */
    public GuestMemoryException(long address, long length) {
        super(null, null, false, false);
        this.address = address;
        this.length = length;
    }

    /** Guest-physical address of the requested range, unsigned. */
    public long address() {
        return address;
    }

    /** Bytes requested. */
    public long length() {
        return length;
    }

    @Override
    public String getMessage() {
        return String.format("no guest memory at 0x%x, %d bytes", address, length);
    }
}
