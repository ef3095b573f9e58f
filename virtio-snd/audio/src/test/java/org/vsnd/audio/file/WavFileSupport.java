// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What the WAV tests share: an independent look at a file's bytes, and patterns to recognise. */
final class WavFileSupport {
    private WavFileSupport() {}

    static ByteBuffer bytes(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where the samples begin, found by walking the chunks. */
    static int dataAt(ByteBuffer file) {
        int at = 12;
        while (file.getInt(at) != 0x61746164) {
            int size = file.getInt(at + 4);
            at += 8 + size + (size & 1);
        }
        return at + 8;
    }

    static byte[] data(Path file) throws IOException {
        ByteBuffer all = bytes(file);
        int at = dataAt(all);
        byte[] data = new byte[all.getInt(at - 4)];
        all.get(at, data);
        return data;
    }

    /** Bytes that repeat only after a long while. */
    static ByteBuffer pattern(int length) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i++) {
            buffer.put(i, patternAt(i));
        }
        return buffer;
    }

    static byte patternAt(long i) {
        return (byte) (((i + 1) * 0x9e3779b97f4a7c15L) >>> 40);
    }

    static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(bytes);
        return bytes;
    }

    static void await(BooleanSupplier condition) {
        long since = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - since > 30_000_000_000L) {
                throw new AssertionError("did not come true within 30 s");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    static Thread threadNamed(String name) {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(name)) {
                return thread;
            }
        }
        return null;
    }
}
