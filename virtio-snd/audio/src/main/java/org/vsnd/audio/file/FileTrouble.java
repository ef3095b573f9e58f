// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Says in words for people why a file could not be used: an exception's own text is often only a path, and its class
 * means nothing to them.
 */
public final class FileTrouble {
    private FileTrouble() {}

    /** A few words for use within a sentence: {@code permission denied}. */
    public static String why(IOException trouble) {
        if (trouble instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (trouble instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (trouble instanceof NotDirectoryException) {
            return "it is not a folder";
        }
        if (trouble instanceof FileSystemException reasoned) {
            String reason = reasoned.getReason();
            return reason == null ? "the system gives no reason" : reason;
        }
        String message = trouble.getMessage();
        if (trouble instanceof FileNotFoundException && message != null) {
            return message.replaceFirst("(?s)^.*\\((.*)\\)$", "$1"); // "PATH (reason)"
        }
        return message == null ? "the system gives no reason" : message;
    }

    /** The absolute path, which is valid from any folder. */
    public static Path whole(Path file) {
        return file.toAbsolutePath();
    }
}
