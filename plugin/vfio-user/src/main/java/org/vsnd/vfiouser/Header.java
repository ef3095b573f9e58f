// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

/** The 16 bytes with which every message begins. Offsets in bytes; little endian. */
final class Header {
    static final int ID = 0; // le16
    static final int COMMAND = 2; // le16
    static final int SIZE = 4; // le32 with the header
    static final int FLAGS = 8; // le32
    static final int ERROR = 12; // le32
    static final int LENGTH = 16;

    static final int TYPE_MASK = 0xf;
    static final int TYPE_COMMAND = 0;
    static final int TYPE_REPLY = 1;
    static final int NO_REPLY = 0x10;
    static final int ERROR_REPLY = 0x20;

    private Header() {}
}
