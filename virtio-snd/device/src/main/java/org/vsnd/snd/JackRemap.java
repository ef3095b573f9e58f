// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;

/** struct virtio_snd_jack_remap, 5.14.6.4.2, not yet checked. Fields are unsigned 32-bit numbers. */
record JackRemap(long jackId, long association, long sequence) {
    static final int LENGTH = 16;
    private static final int JACK_ID = 4; // le32
    private static final int ASSOCIATION = 8; // le32
    private static final int SEQUENCE = 12; // le32

    /** Decodes a little-endian buffer of at least {@link #LENGTH} bytes. */
    static JackRemap decode(ByteBuffer request) {
        return new JackRemap(
                Integer.toUnsignedLong(request.getInt(JACK_ID)),
                Integer.toUnsignedLong(request.getInt(ASSOCIATION)),
                Integer.toUnsignedLong(request.getInt(SEQUENCE)));
    }
}
