// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A piece of sound: S16, little endian, stereo, 48,000 frames per second.
 *
 * @param bytes the frames, four bytes each
 */
@SuppressWarnings("ArrayRecordComponent") // megabytes, handed over and never changed
public record PcmClip(byte[] bytes) {
    /** Frames per second. */
    public static final int RATE_HZ = 48_000;
    /** Channels. */
    public static final int CHANNELS = 2;
    /** Bytes per frame. */
    public static final int FRAME_BYTES = 4;

    private static final int RIFF_HEADER_LENGTH = 12;
    private static final int CHUNK_HEADER_LENGTH = 8;
    private static final int FMT_LENGTH = 16;
    private static final short WAVE_FORMAT_PCM = 1;
    private static final int ANCHOR_FRAMES = 64;

    /** How many frames there are. */
    public int frames() {
        return bytes.length / FRAME_BYTES;
    }

    /** The same as a WAV file. */
    public byte[] toWav() {
        int headerLength = RIFF_HEADER_LENGTH + CHUNK_HEADER_LENGTH + FMT_LENGTH + CHUNK_HEADER_LENGTH;
        ByteBuffer wav = ByteBuffer.allocate(headerLength + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(headerLength - CHUNK_HEADER_LENGTH + bytes.length);
        wav.put(ascii("WAVEfmt ")).putInt(FMT_LENGTH);
        wav.putShort(WAVE_FORMAT_PCM).putShort((short) CHANNELS).putInt(RATE_HZ).putInt(RATE_HZ * FRAME_BYTES);
        wav.putShort((short) FRAME_BYTES).putShort((short) Short.SIZE);
        wav.put(ascii("data")).putInt(bytes.length).put(bytes);
        return wav.array();
    }

    /**
     * Reads a WAV file.
     *
     * @throws IOException if it cannot be read or is not a WAV file of this format
     */
    public static PcmClip readWav(Path file) throws IOException {
        ByteBuffer wav = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (wav.remaining() < RIFF_HEADER_LENGTH
                || wav.getInt(0) != ByteBuffer.wrap(ascii("FFIR")).getInt()) {
            throw new IOException(file + " is not a WAV file");
        }
        wav.position(RIFF_HEADER_LENGTH);
        boolean formatSeen = false;
        while (wav.remaining() >= CHUNK_HEADER_LENGTH) {
            byte[] id = new byte[4];
            wav.get(id);
            int length = Math.min(wav.getInt() & Integer.MAX_VALUE, wav.remaining());
            ByteBuffer chunk = wav.slice(wav.position(), length).order(ByteOrder.LITTLE_ENDIAN);
            switch (new String(id, StandardCharsets.US_ASCII)) {
                case "fmt " -> formatSeen = checkFormat(chunk, file);
                case "data" -> {
                    if (!formatSeen) {
                        throw new IOException(file + " has sound before its format");
                    }
                    byte[] frames = new byte[length - length % FRAME_BYTES];
                    chunk.get(frames);
                    return new PcmClip(frames);
                }
                default -> {} // other chunks do not matter
            }
            wav.position(Math.min(wav.limit(), wav.position() + length + length % 2));
        }
        throw new IOException(file + " holds no sound");
    }

    /**
     * Finds another clip in this one, sample by sample, ignoring its leading silence.
     *
     * @return the frame at which its first frame that is not silent was found, or -1
     */
    public int find(PcmClip wanted) {
        int from = wanted.leadingSilence();
        int count = wanted.frames() - from;
        for (int at = 0; at + count <= frames() && count > 0; at++) {
            if (same(at, wanted, from, Math.min(ANCHOR_FRAMES, count)) && same(at, wanted, from, count)) {
                return at;
            }
        }
        return -1;
    }

    /** Silent frames at the beginning. */
    public int leadingSilence() {
        int at = 0;
        while (at < bytes.length && bytes[at] == 0) {
            at++;
        }
        return at / FRAME_BYTES;
    }

    private boolean same(int at, PcmClip other, int otherAt, int count) {
        return java.util.Arrays.equals(
                bytes,
                at * FRAME_BYTES,
                (at + count) * FRAME_BYTES,
                other.bytes,
                otherAt * FRAME_BYTES,
                (otherAt + count) * FRAME_BYTES);
    }

    private static boolean checkFormat(ByteBuffer fmt, Path file) throws IOException {
        boolean right = fmt.remaining() >= FMT_LENGTH
                && fmt.getShort(2) == CHANNELS
                && fmt.getInt(4) == RATE_HZ
                && fmt.getShort(14) == Short.SIZE;
        if (!right) {
            throw new IOException(file + " is not S16 stereo at " + RATE_HZ + " Hz");
        }
        return true;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
