// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import java.io.IOException;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;

/** The virtual machine's RAM: one memory file from guest-physical address 0, with the hole below 1 MiB that a PC has. */
public final class ClientMemory implements AutoCloseable {
    private static final long HOLE = 0xa_0000;
    private static final long HOLE_END = 0xc_0000;
    private static final long ROM = 0xfffc_0000L;
    private static final long ROM_BYTES = 0x4_0000;
    private static final int READ_WRITE = 3;
    private static final int READ_ONLY = 1;

    private final MemFd file;
    private final MappedFile mapping;
    private final long size;

    /** @param size bytes, at most 1 GiB */
    public ClientMemory(int size) throws IOException {
        this(size, true);
    }

    /**
     * Memory that the server may not be able to protect.
     *
     * @param size bytes, at most 1 GiB
     * @param sealable whether the file can be sealed against shrinking
     */
    public ClientMemory(int size, boolean sealable) throws IOException {
        this.size = size;
        file = MemFd.create("guest", size, sealable);
        mapping = MappedFile.map(file.fd(), size, true);
    }

    /** As the guest's processor sees it. */
    public GuestRam ram() {
        return new GuestRam(0, mapping.window(0));
    }

    /** Bytes of it. */
    public long bytes() {
        return size;
    }

    /** The memory file. */
    public MemFd file() {
        return file;
    }

    void mapAsQemu(VfioUserDevice device) {
        device.dmaMap(READ_WRITE, 0, 0, HOLE, file.fd());
        device.dmaMap(READ_WRITE, HOLE_END, HOLE_END, size - HOLE_END, file.fd());
        device.dmaMap(READ_ONLY, 0, ROM, ROM_BYTES, -1);
    }

    /** What firmware does to the windows below 1 MiB: all of it becomes RAM, and back. */
    void remap(VfioUserDevice device) {
        device.dmaUnmap(0, HOLE);
        device.dmaUnmap(HOLE_END, size - HOLE_END);
        device.dmaMap(READ_WRITE, 0, 0, size, file.fd());
        device.dmaUnmap(0, size);
        device.dmaMap(READ_WRITE, 0, 0, HOLE, file.fd());
        device.dmaMap(READ_WRITE, HOLE_END, HOLE_END, size - HOLE_END, file.fd());
    }

    void unmapAsQemu(VfioUserDevice device) {
        device.dmaUnmap(0, HOLE);
        device.dmaUnmap(HOLE_END, size - HOLE_END);
        device.dmaUnmap(ROM, ROM_BYTES);
    }

    void mapAsCloudHypervisor(VfioUserDevice device) {
        device.dmaMap(READ_WRITE, 0, 0, size, file.fd());
    }

    void unmapAsCloudHypervisor(VfioUserDevice device) {
        device.dmaUnmap(0, size);
    }

    @Override
    public void close() {
        mapping.close();
        file.close();
    }
}
