// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import java.nio.ByteBuffer;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * Guest memory that can be reached only while the gate is open: the driver has set DRIVER_OK (PCI-02) or begun before it,
 * the device is neither reset (PCI-09) nor broken nor closed, and bus mastering is on (PCI-57). Any other access by the device or its
 * queues ends with a {@link GuestMemoryException}, as on a bus that does not answer.
 */
final class GatedMemory implements GuestMemory {
    private final GuestMemory memory;

    private boolean open;

    GatedMemory(GuestMemory memory) {
        this.memory = memory;
    }

    void setOpen(boolean open) {
        this.open = open;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        check(address, dst.remaining());
        memory.read(address, dst);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        check(address, src.remaining());
        memory.write(address, src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        check(address, 2);
        return memory.loadAcquire16(address);
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        check(address, 2);
        memory.storeRelease16(address, value);
    }

    private void check(long address, int length) throws GuestMemoryException {
        if (!open) {
            throw new GuestMemoryException(address, length);
        }
    }
}
