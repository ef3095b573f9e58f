// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;

/** The bytes that stand in a trace, or in data files beside it. */
public final class TraceBlobs {
    private static final int MAX_BUFFER_BYTES = 64 << 20;

    private final Path folder;

    /** Data files are looked for in the trace's folder, and nowhere else. */
    public TraceBlobs(Trace trace) {
        folder = trace.file().toAbsolutePath().normalize().resolveSibling("");
    }

    /** A checksum as it stands in a trace. */
    public static String crc32(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return String.format(Locale.ROOT, "%08x", crc.getValue());
    }

    /**
     * What a buffer held.
     *
     * @return its bytes; empty if the trace does not have them
     * @throws TraceException if the buffer is too long to be kept, or its data file is not what the trace says
     */
    public Optional<byte[]> bytes(TraceDescriptor descriptor) throws TraceException {
        TraceContent content = descriptor.content();
        if (content instanceof TraceContent.Hex hex) {
            return Optional.of(HexFormat.of().parseHex(hex.hex()));
        }
        if (content instanceof TraceContent.Summary summary
                && (summary.allZero() || summary.blob().isPresent())) {
            if (descriptor.length() > MAX_BUFFER_BYTES) {
                throw new TraceException("a buffer of " + descriptor.length() + " bytes is too long: at most "
                        + MAX_BUFFER_BYTES + " are kept");
            }
            byte[] bytes = summary.blob().isPresent()
                    ? read(summary.blob().get(), (int) descriptor.length())
                    : new byte[(int) descriptor.length()];
            String source = summary.blob().orElse("a buffer that is all zero");
            if (!crc32(bytes).equals(summary.crc32())) {
                throw new TraceException(source + ": its CRC-32 is " + crc32(bytes) + ", the trace says "
                        + summary.crc32() + ": it is not the file that was recorded");
            }
            return Optional.of(bytes);
        }
        return Optional.empty();
    }

    private byte[] read(String blob, int length) throws TraceException {
        try {
            Path file = folder.resolve(blob).normalize();
            if (!file.startsWith(folder) || !Files.isRegularFile(file)) {
                throw new TraceException(blob + ": there is no such data file beside the trace");
            }
            if (Files.size(file) != length) {
                throw new TraceException(
                        blob + ": has " + Files.size(file) + " bytes, and the buffer that it holds has " + length);
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = new byte[length];
                return Arrays.copyOf(bytes, in.readNBytes(bytes, 0, length));
            }
        } catch (InvalidPathException | IOException e) {
            throw new TraceException(blob + ": cannot be read: " + e.getMessage());
        }
    }
}
