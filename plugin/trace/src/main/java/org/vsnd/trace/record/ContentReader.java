// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.vsnd.trace.TraceContent;

/** Takes the bytes of one buffer after the other, piece by piece, and sums up each. Writer thread only. */
final class ContentReader {
    private final @Nullable DataFiles files;
    private final byte[] head = new byte[TraceContent.LONGEST_HEX_BYTES];
    private final CRC32 crc32 = new CRC32();
    private long expected;
    private long length;
    private boolean allZero = true;
    private @Nullable FileChannel file;

    /** @param files where the bytes of long buffers go; null: nowhere */
    ContentReader(@Nullable DataFiles files) {
        this.files = files;
    }

    /** The next buffer begins, of this many bytes. */
    void begin(long bytes) {
        expected = bytes;
        length = 0;
        allZero = true;
        crc32.reset();
    }

    /**
     * Takes some bytes.
     *
     * @param bytes from position to limit; both stay
     */
    void add(ByteBuffer bytes) throws IOException {
        int missing = (int) Math.min(Math.max(head.length - length, 0), bytes.remaining());
        bytes.get(bytes.position(), head, (int) Math.min(length, head.length), missing);
        if (expected > TraceContent.LONGEST_HEX_BYTES) {
            crc32.update(bytes.duplicate());
            allZero = allZero && isZero(bytes);
            if (!allZero && files != null) {
                write(files, bytes.duplicate());
            }
        }
        length += bytes.remaining();
    }

    private void write(DataFiles to, ByteBuffer bytes) throws IOException {
        FileChannel channel = file;
        if (channel == null) {
            channel = to.open();
            file = channel;
        }
        long at = length; // behind zeros that were not written: the file has a hole there, which reads as zeros
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** What the buffer held; omitted if not all of its bytes have come. */
    TraceContent end() throws IOException {
        Optional<String> blob = closeFile();
        if (length != expected) {
            return TraceContent.OMITTED;
        }
        if (length <= TraceContent.LONGEST_HEX_BYTES) {
            return new TraceContent.Hex(HexFormat.of().formatHex(head, 0, (int) length));
        }
        return new TraceContent.Summary(
                HexFormat.of().formatHex(head, 0, TraceContent.HEAD_BYTES),
                HexFormat.of().toHexDigits((int) crc32.getValue()),
                allZero,
                blob);
    }

    private Optional<String> closeFile() throws IOException {
        FileChannel channel = file;
        file = null;
        if (channel == null || files == null) {
            return Optional.empty();
        }
        channel.close();
        return Optional.of(files.lastPath());
    }

    private static boolean isZero(ByteBuffer bytes) {
        int at = bytes.position();
        for (; at <= bytes.limit() - Long.BYTES; at += Long.BYTES) {
            if (bytes.getLong(at) != 0) {
                return false;
            }
        }
        for (; at < bytes.limit(); at++) {
            if (bytes.get(at) != 0) {
                return false;
            }
        }
        return true;
    }
}
