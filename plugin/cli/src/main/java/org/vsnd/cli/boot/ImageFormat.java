// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The format of a disk image, by its content: the name may be wrong. */
public enum ImageFormat {
    /** QEMU's own. */
    QCOW2("qcow2", 0, "QFI\u00fb"),
    /** VMware's, in one file. */
    VMDK("vmdk", 0, "KDMV"),
    /** VMware's, a text that names the files with the sectors. */
    VMDK_DESCRIPTOR("vmdk", 0, "# Disk DescriptorFile"),
    /** VirtualBox's. */
    VDI("vdi", 0x40, "\u007f\u0010\u00da\u00be"),
    /** Hyper-V's. */
    VHDX("vhdx", 0, "vhdxfile"),
    /** Virtual PC's, of the kind that grows. */
    VHD("vpc", 0, "conectix"),
    /** A CD, which may be a disk as well (a hybrid): the standard identifier in sector 16, ECMA-119 section 8.4.2. */
    ISO_9660("raw", 0x8001, "CD001"),
    /** The plain sectors of a disk that may be bootable: the first ends with the signature that firmware looks for. */
    RAW_BOOTABLE("raw", 0x1fe, "U\u00aa"),
    /** An Apple partition map, for blocks of 512 bytes; its two letters alone also begin many logs ("ERROR"). */
    RAW_APPLE("raw", 0, "ER\u0002\u0000"),
    /** A file system that begins at the very first byte. */
    RAW_XFS("raw", 0, "XFSB"),
    /** An encrypted disk. */
    RAW_LUKS("raw", 0, "LUKS\u00ba\u00be"),
    /** An empty disk, or a file system that leaves its first sector free, as most do. */
    RAW_EMPTY("raw", 0, "\0".repeat(0x200));

    private static final int HEAD_BYTES = 0x8001 + 5;

    private final String qemuName;
    private final int offset;
    private final String magic;

    ImageFormat(String qemuName, int offset, String magic) {
        this.qemuName = qemuName;
        this.offset = offset;
        this.magic = magic;
    }

    /** The name of QEMU's block driver for it. */
    public String qemuName() {
        return qemuName;
    }

    /**
     * Looks at the beginning of a file. Not every file is accepted as a disk: one given by mistake would be written to.
     *
     * @throws BootException if it is an archive that has to be unpacked first, or not a disk at all
     * @throws IOException if it cannot be read
     */
    static ImageFormat of(Path file) throws BootException, IOException {
        String head;
        try (InputStream in = Files.newInputStream(file)) {
            head = new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1);
        }
        for (Archive archive : Archive.values()) {
            if (head.startsWith(archive.magic)) {
                throw new BootException(
                        file + " is an archive (" + archive.program + "): unpack it and give the image inside");
            }
        }
        for (ImageFormat format : values()) {
            if (head.startsWith(format.magic, format.offset)) {
                return format;
            }
        }
        throw new BootException(
                file + " is not a disk image: it begins neither like qcow2, vmdk, vdi, vhdx, vhd or an ISO, nor"
                        + " like the sectors of a disk; give the file that the system is in");
    }

    /** Archives that images are downloaded in; no machine boots from one. */
    private enum Archive {
        ZIP("unzip", "PK\u0003\u0004"),
        GZIP("gunzip", "\u001f\u008b\b"),
        XZ("unxz", "\u00fd7zXZ\0"),
        BZIP2("bunzip2", "BZh"),
        ZSTD("unzstd", "(\u00b5/\u00fd"),
        SEVEN_ZIP("7z x", "7z\u00bc\u00af'\u001c");

        private final String program;
        private final String magic;

        Archive(String program, String magic) {
            this.program = program;
            this.magic = magic;
        }
    }
}
