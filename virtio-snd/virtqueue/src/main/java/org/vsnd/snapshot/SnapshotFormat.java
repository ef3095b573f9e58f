// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snapshot;

/** The header of a snapshot and of a section of it. Offsets in bytes, little-endian. */
final class SnapshotFormat {
    static final int MAGIC_AT = 0; // 8 bytes
    static final int VERSION_AT = 8; // le32
    static final int LENGTH_AT = 12; // le32: bytes after the header
    static final int CHECKSUM_AT = 16; // le32: CRC-32 of those
    static final int HEADER_LENGTH = 20;

    /** "vsndsnap". */
    static final long MAGIC = 0x70616e73_646e7376L;

    /** Must be raised whenever the contents of a section change. */
    static final int VERSION = 4;

    /** Four letters and a length, le32. */
    static final int SECTION_HEADER_LENGTH = 8;

    private SnapshotFormat() {}
}
