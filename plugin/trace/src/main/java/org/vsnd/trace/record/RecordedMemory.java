// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/** Guest memory as the device has it, watched for the two indexes by which chains change hands. Device thread only. */
final class RecordedMemory implements GuestMemory {
    private final GuestMemory memory;
    private @Nullable RingSteps rings;

    RecordedMemory(GuestMemory memory) {
        this.memory = memory;
    }

    /** The device has been made, and has queues from now on. */
    void watch(RingSteps ofDevice) {
        rings = ofDevice;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        memory.read(address, dst);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        memory.write(address, src);
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        short value = memory.loadAcquire16(address);
        if (rings != null) {
            rings.loaded(address, value);
        }
        return value;
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        RingSteps watching = rings;
        if (watching == null || !watching.storing(address, value)) {
            memory.storeRelease16(address, value);
            return;
        }
        // put before, since from then on the buffers are the driver's again; kept if it was written
        memory.storeRelease16(address, value);
        watching.stored(address, value);
    }
}
