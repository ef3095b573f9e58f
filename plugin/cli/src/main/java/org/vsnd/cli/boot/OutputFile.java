// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.vsnd.audio.file.FileTrouble;

/** A file that is written at the end of long work: whether it can be written is checked before. */
public final class OutputFile {
    private OutputFile() {}

    /** Writes what is in one file into another, which stays what it is: a link, or a device such as {@code /dev/null}. */
    static void fill(Path file, Path source) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            Files.copy(source, out);
        }
    }

    /**
     * What prevents a file from being written: a sentence that says what to do, or empty. Leaves nothing behind:
     * permission bits do not tell everything, so it is tried.
     *
     * @param option the option that names another file
     */
    public static Optional<String> obstacle(Path file, String option) {
        Path whole = file.toAbsolutePath();
        Path folder = whole.getParent();
        String instead = ": give " + option + " FILE in a folder you may write to";
        if (Files.isDirectory(whole)) {
            return Optional.of(whole + " is a folder" + instead);
        }
        if (folder == null || !Files.isDirectory(folder)) {
            return Optional.of("there is no folder " + folder + instead);
        }
        try {
            boolean there = Files.exists(whole);
            Files.newByteChannel(whole, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
            if (!there) {
                Files.delete(whole.toRealPath()); // the target of a link, not the link
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(whole + " cannot be written (" + FileTrouble.why(e) + ")" + instead);
        }
    }
}
