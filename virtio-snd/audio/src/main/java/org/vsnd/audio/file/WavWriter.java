// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes one WAV file that is valid after every write, whenever the process ends: first the samples, then, in one
 * piece, the header that includes them. One thread; no allocation after construction.
 */
final class WavWriter implements AutoCloseable {
    /** Sizes in a WAV file are 32 bits wide. */
    static final long MAX_FILE_BYTES = 0xffff_fffeL;

    private final WavFormat format;
    private final FileChannel channel;
    private final long maxDataBytes;
    private final ByteBuffer header = ByteBuffer.allocateDirect(WavFormat.MAX_HEADER_BYTES);
    private final ByteBuffer padding = ByteBuffer.allocateDirect(1);
    private long dataBytes; // included in the header

    /** Creates or empties the file, and writes a header without samples. */
    WavWriter(Path path, WavFormat format, long maxFileBytes) throws IOException {
        this.format = format;
        long room = maxFileBytes - format.headerBytes() - 1; // 1: the padding of an odd chunk
        maxDataBytes = room - room % format.frameBytes();
        channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        try {
            writeHeader(0);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Bytes that still fit in this file, whole frames. */
    long roomBytes() {
        return maxDataBytes - dataBytes;
    }

    /**
     * Appends whole frames, at most {@link #roomBytes()}. If this fails, the file is as it was before, and the next
     * write takes the same place.
     */
    void write(ByteBuffer frames) throws IOException {
        long grown = dataBytes + frames.remaining();
        long at = format.headerBytes() + dataBytes;
        writeFully(frames, at);
        if ((grown & 1) != 0) {
            padding.clear();
            writeFully(padding, format.headerBytes() + grown);
        }
        writeHeader(grown);
        dataBytes = grown;
    }

    private void writeHeader(long size) throws IOException {
        header.clear();
        format.putHeader(header, size);
        writeFully(header.flip(), 0);
    }

    private void writeFully(ByteBuffer src, long at) throws IOException {
        long next = at;
        while (src.hasRemaining()) {
            next += channel.write(src, next);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
