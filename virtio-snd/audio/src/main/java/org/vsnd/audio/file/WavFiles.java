// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Names and creates the files of one WAV back end: OUT.wav, OUT-2.wav, OUT-3.wav, ... One thread. */
final class WavFiles {
    private static final Logger LOG = System.getLogger(WavFiles.class.getName());
    /** The format of OUT.wav until a stream plays. */
    private static final WavFormat NOTHING_YET = new WavFormat(WavFormat.WAVE_FORMAT_PCM, 2, 16, 48_000, 2, 0x3);

    private final Path out;
    private final long maxFileBytes;
    private final @Nullable Path in;
    private int opened;

    /**
     * Creates OUT.wav, still without sound, so that the operator learns at once if that is not possible.
     *
     * @param in a file that is read and must never be written, or null
     */
    WavFiles(Path out, @Nullable Path in, long maxFileBytes) throws IOException {
        this.out = out;
        this.in = in;
        this.maxFileBytes = maxFileBytes;
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException("The folder of " + out + " does not exist: create it, or name a file elsewhere.");
        }
        try {
            new WavWriter(out, NOTHING_YET, maxFileBytes).close();
        } catch (IOException e) {
            throw new IOException(
                    out + " cannot be written (" + FileTrouble.why(e) + "): name a file in a folder you may write to.",
                    e);
        }
    }

    /** The first file is OUT.wav; a line in the log says so for all others. */
    WavWriter open(WavFormat format, String why) throws IOException {
        Path path = opened == 0 ? out : numbered(opened + 1);
        if (in != null && Files.exists(path) && Files.isSameFile(path, in)) {
            opened++;
            path = numbered(opened + 1);
        }
        boolean replaced = opened > 0 && Files.exists(path);
        WavWriter writer = new WavWriter(path, format, maxFileBytes);
        opened++;
        if (opened > 1) {
            LOG.log(Level.INFO, why + ": goes to " + path + (replaced ? ", which is overwritten" : ""));
        }
        return writer;
    }

    private Path numbered(int number) {
        Path fileName = out.getFileName();
        String name = fileName == null ? "" : fileName.toString();
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        return out.resolveSibling(name.substring(0, end) + "-" + number + name.substring(end));
    }
}
