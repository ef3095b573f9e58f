// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.vsnd.cli.boot.BootException;
import org.vsnd.measure.sound.SoundFormat;

/** Files of frames that may be growing. */
final class Recorded {
    private Recorded() {}

    static byte[] wholeFrames(Path file, SoundFormat format) throws BootException {
        try {
            byte[] bytes = Files.readAllBytes(file);
            return Arrays.copyOf(bytes, bytes.length / format.frameBytes() * format.frameBytes());
        } catch (IOException e) {
            throw new BootException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
