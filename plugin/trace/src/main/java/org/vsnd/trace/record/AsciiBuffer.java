// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.util.Arrays;

/**
 * Gathers text in ASCII, which is all that a recording is made of. A writer with an encoder behind it allocates several
 * objects for each word, and each collection of those would stop the device thread. One thread.
 */
final class AsciiBuffer extends Writer {
    private byte[] bytes;
    private int length;

    AsciiBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    /** Characters gathered. */
    int length() {
        return length;
    }

    /** Moves everything on, in one piece. */
    void drainTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
    }

    @Override
    public void write(int c) {
        reserve(1);
        put((char) c);
    }

    @Override
    public void write(String text) {
        write(text, 0, text.length());
    }

    @Override
    public void write(String text, int offset, int count) {
        reserve(count);
        for (int i = 0; i < count; i++) {
            put(text.charAt(offset + i));
        }
    }

    @Override
    public void write(char[] text, int offset, int count) {
        reserve(count);
        for (int i = 0; i < count; i++) {
            put(text[offset + i]);
        }
    }

    private void reserve(int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }

    private void put(char c) {
        if (c > 0x7f) {
            throw new IllegalArgumentException("not ASCII: " + (int) c);
        }
        bytes[length++] = (byte) c;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
