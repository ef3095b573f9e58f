// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.vsnd.audio.PcmFormat;

/**
 * Reads frames of a WAV file by number. Chunks it does not know are skipped; a size that a killed writer left at 0 or
 * 0xffffffff, or that is more than there is, means to the end of the file. Reading is allocation-free.
 */
final class WavReader implements AutoCloseable {
    private static final int RIFF = 0x46464952;
    private static final int WAVE = 0x45564157;
    private static final int FMT = 0x20746d66;
    private static final int DATA = 0x61746164;
    private static final int MAX_CHUNKS = 4096;
    private static final int MAX_RATE_HZ = 768_000;
    private static final int MAX_CHANNELS = 255;

    private final FileChannel channel;
    private final Path path;
    private final WavFormat format;
    private final PcmFormat pcmFormat;
    private long dataAt;
    private long frames;

    /** Opens the file and reads its header; an error's message is one sentence that names the file. */
    WavReader(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            format = readHeader();
            PcmFormat known = format.pcmFormat();
            if (known == null) {
                throw new IOException(path + " has samples of a kind that a guest cannot record (format 0x"
                        + Integer.toHexString(format.tag()) + ", " + 8 * format.sampleBytes()
                        + " bits): convert it to 16-bit PCM.");
            }
            pcmFormat = known;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private WavFormat readHeader() throws IOException {
        ByteBuffer head = readAt(0, 12);
        if (head.getInt(0) != RIFF || head.getInt(8) != WAVE) {
            throw new IOException(path + " is not a WAV file: name one that starts with RIFF and WAVE.");
        }
        long riffBytes = head.getInt(4) & 0xffffffffL;
        WavFormat found = null;
        long at = 12;
        for (int i = 0; i < MAX_CHUNKS && at + 8 <= channel.size(); i++) {
            ByteBuffer chunk = readAt(at, 8);
            long bytes = chunk.getInt(4) & 0xffffffffL;
            if (chunk.getInt(0) == FMT) {
                found = readFormat(at + 8, bytes);
            } else if (chunk.getInt(0) == DATA && found != null) {
                dataAt = at + 8;
                frames = dataBytes(bytes, riffBytes) / found.frameBytes();
                return found;
            }
            at += 8 + bytes + (bytes & 1);
        }
        throw new IOException(path + " has no samples: it may be truncated, name another file.");
    }

    private long dataBytes(long chunkBytes, long riffBytes) throws IOException {
        long left = channel.size() - dataAt;
        // a proper file without samples has the right RIFF size
        boolean unknown = chunkBytes == 0 && riffBytes + 8 != channel.size();
        return unknown ? left : Math.min(chunkBytes, left);
    }

    private WavFormat readFormat(long at, long bytes) throws IOException {
        if (bytes < 16) {
            throw new IOException(path + " has a format chunk of " + bytes + " bytes: name another file.");
        }
        ByteBuffer fmt = readAt(at, (int) Math.min(bytes, 40));
        int tag = fmt.getShort(0) & 0xffff;
        int channels = fmt.getShort(2) & 0xffff;
        int rateHz = fmt.getInt(4);
        int frameBytes = fmt.getShort(12) & 0xffff;
        int bits = fmt.getShort(14) & 0xffff;
        int validBits = bits;
        int channelMask = 0;
        if (tag == WavFormat.WAVE_FORMAT_EXTENSIBLE && fmt.limit() >= 40) {
            validBits = fmt.getShort(18) & 0xffff;
            channelMask = fmt.getInt(20);
            tag = fmt.getShort(24) & 0xffff;
        }
        int sampleBytes = (bits + 7) / 8;
        if (channels < 1
                || channels > MAX_CHANNELS
                || rateHz < 1
                || rateHz > MAX_RATE_HZ
                || sampleBytes < 1
                || frameBytes != sampleBytes * channels) {
            throw new IOException(
                    path + " says " + channels + " channels of " + bits + " bits in frames of " + frameBytes
                            + " bytes at " + (rateHz & 0xffffffffL) + " Hz, which is impossible: name another file.");
        }
        return new WavFormat(tag, sampleBytes, validBits, rateHz, channels, channelMask);
    }

    private ByteBuffer readAt(long at, int bytes) throws IOException {
        ByteBuffer dst = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (dst.hasRemaining()) {
            if (channel.read(dst, at + dst.position()) < 0) {
                throw new EOFException(path + " ends within its header: name another file.");
            }
        }
        return dst.flip();
    }

    WavFormat format() {
        return format;
    }

    PcmFormat pcmFormat() {
        return pcmFormat;
    }

    /** Number of frames in the file. */
    long frames() {
        return frames;
    }

    /**
     * Reads whole frames, from position to limit of {@code dst}, and moves the position past them.
     *
     * @return frames read; 0 only at the end, or if there is no room for one
     */
    int read(long frame, ByteBuffer dst) throws IOException {
        int frameBytes = format.frameBytes();
        int start = dst.position();
        int limit = dst.limit();
        int want = (int) Math.max(0, Math.min(dst.remaining() / frameBytes, frames - frame));
        dst.limit(start + want * frameBytes);
        long base = dataAt + frame * frameBytes - start;
        while (dst.hasRemaining()) {
            if (channel.read(dst, base + dst.position()) < 0) {
                break; // the file was truncated meanwhile
            }
        }
        int got = (dst.position() - start) / frameBytes;
        dst.limit(limit).position(start + got * frameBytes);
        return got;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
