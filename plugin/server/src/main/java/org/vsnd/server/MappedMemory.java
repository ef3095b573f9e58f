// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * The guest's memory through the client's files: the only class that touches it. Plain accesses and bulk copies only,
 * with explicit fences: these survive a page that is gone (see {@link MappedFile}).
 */
final class MappedMemory implements GuestMemory {
    private final MemoryTable table;
    private final UnsharedMemoryDetector detector;

    MappedMemory(MemoryTable table, UnsharedMemoryDetector detector) {
        this.table = table;
        this.detector = detector;
    }

    @Override
    public void read(long address, ByteBuffer dst) throws GuestMemoryException {
        copy(address, dst, false);
    }

    @Override
    public void write(long address, ByteBuffer src) throws GuestMemoryException {
        copy(address, src, true);
    }

    private void copy(long address, ByteBuffer host, boolean store) throws GuestMemoryException {
        int length = host.remaining();
        if (length > 0 && Long.compareUnsigned(address + length - 1, address) < 0) {
            throw new GuestMemoryException(address, length);
        }
        int done = 0;
        while (done < length) {
            long from = address + done;
            MemoryRegion region = table.find(from);
            MappedFile file = fileOf(region, store);
            if (region == null || file == null) {
                throw new GuestMemoryException(address, length);
            }
            long offset = region.offsetOf(from);
            int n = (int) Math.min(region.clip(from, length - done), file.bytesToWindowEnd(offset));
            ByteBuffer guest = file.window(offset);
            int at = MappedFile.indexOf(offset);
            // SAFETY: inside the region and the window; the mapping lives as long as the region is in the table, and
            // allows
            // stores if they are wanted.
            if (store) {
                guest.put(at, host, host.position() + done, n);
            } else {
                host.put(host.position() + done, guest, at, n);
            }
            done += n;
        }
        host.position(host.limit());
    }

    private static @Nullable MappedFile fileOf(@Nullable MemoryRegion region, boolean store) {
        if (region == null) {
            return null;
        }
        return store ? region.toStoreTo() : region.toLoadFrom();
    }

    @Override
    public short loadAcquire16(long address) throws GuestMemoryException {
        MemoryRegion region = table.find(address);
        MappedFile file = fileOf(region, false);
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
        MemoryRegion region = table.find(address);
        MappedFile file = fileOf(region, true);
        if (region == null || file == null) {
            throw new GuestMemoryException(address, 2);
        }
        long offset = offset16(region, address);
        VarHandle.releaseFence(); // pairs with the driver's read barrier after it has seen the index
        // SAFETY: two aligned bytes of a region and so of a window: one store.
        file.window(offset).putShort(MappedFile.indexOf(offset), value);
    }

    private static long offset16(MemoryRegion region, long address) throws GuestMemoryException {
        long offset = region.offsetOf(address);
        // A client that maps odd offsets gets no ordered access.
        if (((address | offset) & 1) != 0 || region.clip(address, 2) != 2) {
            throw new GuestMemoryException(address, 2);
        }
        return offset;
    }
}
