// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.NativeBuffer;

/** {@code struct pa_buffer_attr}: five 32-bit numbers, in bytes. One thread. */
final class BufferAttr {
    /** Lets the server choose. */
    static final int ANY = -1;

    private static final int MAXLENGTH = 0; // u32
    private static final int TLENGTH = 4; // u32, playback
    private static final int PREBUF = 8; // u32, playback
    private static final int MINREQ = 12; // u32, playback
    private static final int FRAGSIZE = 16; // u32, recording
    private static final int LENGTH = 20;

    private final NativeBuffer memory = new NativeBuffer(LENGTH);
    private final ByteBuffer bytes = memory.bytes();

    BufferAttr() {
        for (int at = 0; at < LENGTH; at += Integer.BYTES) {
            bytes.putInt(at, ANY);
        }
    }

    /** Sets the request for playback. */
    BufferAttr playback(int tlength, int prebuf, int minreq) {
        bytes.putInt(TLENGTH, tlength);
        bytes.putInt(PREBUF, prebuf);
        bytes.putInt(MINREQ, minreq);
        return this;
    }

    /** Sets the request for recording. */
    BufferAttr recording(int fragsize) {
        bytes.putInt(FRAGSIZE, fragsize);
        return this;
    }

    /**
     * Takes what the server granted.
     *
     * @return whether it differs from the previous values
     */
    boolean update(long stream) {
        long granted = LibPulse.pa_stream_get_buffer_attr(stream);
        if (granted == 0) {
            return false;
        }
        int tlength = bytes.getInt(TLENGTH);
        int minreq = bytes.getInt(MINREQ);
        int fragsize = bytes.getInt(FRAGSIZE);
        memory.copyFrom(granted, LENGTH);
        return tlength != bytes.getInt(TLENGTH) || minreq != bytes.getInt(MINREQ) || fragsize != bytes.getInt(FRAGSIZE);
    }

    long address() {
        return memory.address();
    }

    long maxlength() {
        return Integer.toUnsignedLong(bytes.getInt(MAXLENGTH));
    }

    long tlength() {
        return Integer.toUnsignedLong(bytes.getInt(TLENGTH));
    }

    long minreq() {
        return Integer.toUnsignedLong(bytes.getInt(MINREQ));
    }

    long fragsize() {
        return Integer.toUnsignedLong(bytes.getInt(FRAGSIZE));
    }
}
