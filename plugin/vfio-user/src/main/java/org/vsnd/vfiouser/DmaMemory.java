// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * The guest's memory through the client's files: the only class that touches it. Plain accesses and bulk copies only,
 * with explicit fences: these survive a page that is gone (see {@link MappedFile}).
 */
final class DmaMemory implements GuestMemory {
    private final DmaTable table;
    private final UnsharedMemoryDetector detector;

    DmaMemory(DmaTable table, UnsharedMemoryDetector detector) {
        this.table = table;
        this.detector = detector;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        int length = dst.remaining();
        checkNoWrap(address, length);
        int done = 0;
        while (done < length) {
            long from = address + done;
            DmaRegion region = table.find(from);
            MappedFile file = region == null ? null : region.readable();
            if (region == null || file == null) {
                throw new GuestMemoryException(address, length);
            }
            long offset = region.offsetOf(from);
            int n = (int) Math.min(region.clip(from, length - done), file.bytesToWindowEnd(offset));
            // SAFETY: inside the region and the window; the mapping lives as long as the region is in the table.
            dst.put(dst.position() + done, file.window(offset), MappedFile.indexOf(offset), n);
            done += n;
        }
        dst.position(dst.limit());
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        int length = src.remaining();
        checkNoWrap(address, length);
        int done = 0;
        while (done < length) {
            long from = address + done;
            DmaRegion region = table.find(from);
            MappedFile file = region == null ? null : region.writable();
            if (region == null || file == null) {
                throw new GuestMemoryException(address, length);
            }
            long offset = region.offsetOf(from);
            int n = (int) Math.min(region.clip(from, length - done), file.bytesToWindowEnd(offset));
            // SAFETY: as in read; the mapping allows stores.
            file.window(offset).put(MappedFile.indexOf(offset), src, src.position() + done, n);
            done += n;
        }
        src.position(src.limit());
    }

    private static void checkNoWrap(long address, int length) throws GuestMemoryException {
        if (length > 0 && Long.compareUnsigned(address + length - 1, address) < 0) {
            throw new GuestMemoryException(address, length);
        }
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        DmaRegion region = table.find(address);
        MappedFile file = region == null ? null : region.readable();
        if (region == null || file == null) {
            throw new GuestMemoryException(address, 2);
        }
        long offset = offset16(region, address);
        // SAFETY: two aligned bytes of a region and so of a window: one load.
        short value = file.window(offset).getShort(MappedFile.indexOf(offset));
        VarHandle.acquireFence(); // pairs with the driver's write barrier before it publishes an index
        detector.loaded(address, value);
        return value;
    }

    @Override
    public void storeRelease16(long address, short value) throws GuestMemoryException {
        DmaRegion region = table.find(address);
        MappedFile file = region == null ? null : region.writable();
        if (region == null || file == null) {
            throw new GuestMemoryException(address, 2);
        }
        long offset = offset16(region, address);
        VarHandle.releaseFence(); // pairs with the driver's read barrier after it has seen the index
        // SAFETY: two aligned bytes of a region and so of a window: one store.
        file.window(offset).putShort(MappedFile.indexOf(offset), value);
    }

    private static long offset16(DmaRegion region, long address) throws GuestMemoryException {
        long offset = region.offsetOf(address);
        // A client that maps odd offsets gets no ordered access.
        if (((address | offset) & 1) != 0 || region.clip(address, 2) != 2) {
            throw new GuestMemoryException(address, 2);
        }
        return offset;
    }
}
