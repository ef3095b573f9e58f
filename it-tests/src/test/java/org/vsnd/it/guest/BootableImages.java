// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Images with {@link BootSector} on them, each in the fewest bytes that its format allows. */
final class BootableImages {
    private static final int DISK_BYTES = 1 << 20;

    private BootableImages() {}

    /** A disk, sector after sector. */
    static byte[] raw() {
        return Arrays.copyOf(BootSector.bytes(), DISK_BYTES);
    }

    /**
     * The same disk as QEMU writes it, docs/interop/qcow2: version 2, six clusters of 64 KiB, of which the last holds the
     * disk's first 64 KiB and all others of the disk are zeros.
     */
    static byte[] qcow2() {
        int clusterBits = 16;
        int cluster = 1 << clusterBits;
        long copied = 1L << 63; // in tables: the cluster is used once
        ByteBuffer image = ByteBuffer.allocate(6 * cluster);
        image.put("QFI\u00fb".getBytes(StandardCharsets.ISO_8859_1)).putInt(2);
        image.putLong(0).putInt(0); // no backing file
        image.putInt(clusterBits).putLong(DISK_BYTES).putInt(0); // not encrypted
        image.putInt(1).putLong(3L * cluster); // one entry of level 1
        image.putLong(cluster).putInt(1); // one cluster of reference counts' addresses
        image.putInt(0).putLong(0); // no snapshots
        image.putLong(cluster, 2L * cluster);
        for (int i = 0; i < 6; i++) {
            image.putShort(2 * cluster + 2 * i, (short) 1);
        }
        image.putLong(3 * cluster, copied | 4L * cluster);
        image.putLong(4 * cluster, copied | 5L * cluster);
        image.put(5 * cluster, BootSector.bytes());
        return image.array();
    }

    /**
     * A CD that boots without emulating a floppy (El Torito 1.0), and a disk as well, since its first sector is one to boot
     * from: what Haiku calls anyboot.
     */
    static byte[] hybridIso() {
        int sector = 2048;
        int catalog = 19;
        int program = 20;
        ByteBuffer iso = ByteBuffer.allocate(DISK_BYTES).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        iso.put(0, BootSector.bytes());
        iso.put(16 * sector, ascii("\u0001CD001\u0001")); // primary volume; firmware looks no further into it
        iso.put(17 * sector, ascii("\u0000CD001\u0001EL TORITO SPECIFICATION"));
        iso.putInt(17 * sector + 0x47, catalog);
        iso.put(18 * sector, ascii("\u00ffCD001\u0001")); // the last descriptor
        int at = catalog * sector;
        iso.putShort(at, (short) 1).putShort(at + 0x1c, (short) 0x55aa).putShort(at + 0x1e, (short) 0xaa55); // sum 0
        iso.putShort(at + 0x20, (short) 0x88); // to be booted, no emulation
        iso.putShort(at + 0x26, (short) 1).putInt(at + 0x28, program); // one sector of 512 bytes
        iso.put(program * sector, BootSector.bytes());
        return iso.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
