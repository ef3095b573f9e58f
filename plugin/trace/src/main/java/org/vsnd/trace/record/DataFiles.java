// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The numbered files beside a trace that hold its long buffers: {@code NAME.data/0000.bin}. One thread. */
final class DataFiles {
    private static final int DIGITS = 4;

    private final Path folder;
    private int count;

    /**
     * Makes the folder, or takes the data files of an earlier recording out of it.
     *
     * @param trace the trace beside which it lies
     */
    DataFiles(Path trace) throws IOException {
        String name = String.valueOf(trace.getFileName()).replaceFirst("\\.jsonl$", "");
        folder = trace.resolveSibling(name + ".data");
        Files.createDirectories(folder);
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, "[0-9][0-9][0-9][0-9]*.bin")) {
            for (Path file : old) {
                Files.delete(file);
            }
        }
    }

    /** Makes the next file. */
    FileChannel open() throws IOException {
        Path file = folder.resolve(name(count));
        count++;
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** The path of the last file made, as the trace names it. */
    String lastPath() {
        return folder.getFileName() + "/" + name(count - 1);
    }

    private static String name(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, DIGITS - digits.length())) + digits + ".bin";
    }
}
