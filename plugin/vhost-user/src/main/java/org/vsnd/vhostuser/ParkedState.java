// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The state of the device while no ring is active: from one life of its rings to the next one, which may come with another
 * connection, and if there is a file for it in another process. Device thread only, except construction.
 */
final class ParkedState {
    private static final System.Logger LOG = System.getLogger(ParkedState.class.getName());

    private final @Nullable Path file;
    private byte @Nullable [] state;
    /** The file has this state, or that of the last process. */
    private boolean inFile;

    /** @param file where {@link #keep} leaves the state for the next process; null: nowhere */
    ParkedState(@Nullable Path file) {
        this.file = file;
        if (file != null && Files.exists(file)) {
            inFile = true;
            try {
                state = Files.readAllBytes(file);
            } catch (IOException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "cannot read what the last vsnd left in " + file + ": " + e.getMessage());
            }
        }
    }

    /** The file beside another one. */
    static Path beside(Path stateFile) {
        return stateFile.resolveSibling(stateFile.getFileName() + ".snapshot");
    }

    /** The state, or null if there is none. */
    byte @Nullable [] state() {
        return state;
    }

    /** There is one. */
    void set(byte[] parked) {
        state = parked;
    }

    /** There is none any more, here and in the file: the device goes on from it, or is another one. */
    void forget() {
        state = null;
        if (inFile && file != null) {
            inFile = false;
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "cannot remove " + file + ": " + e.getMessage());
            }
        }
    }

    /** The process ends: the file has the whole state, or is as it was. */
    void keep() {
        byte[] last = state;
        if (file == null || last == null) {
            return;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(fresh, last, StandardOpenOption.WRITE);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot keep the card in " + file + " (" + e.getMessage()
                            + "): the guest's sound is interrupted for a moment when vsnd is there again");
        }
    }
}
