// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * PCMs of a test's own. libasound reads where its configuration is from the process environment each time a PCM is
 * opened, and sees that it has changed; Java cannot change the environment, C can.
 */
final class AlsaConfigFile {
    private static final String ALSA_CONFIG_PATH = "ALSA_CONFIG_PATH";
    private static final String SYSTEM = "/usr/share/alsa/alsa.conf";

    static {
        Native.register(AlsaConfigFile.class, "c");
    }

    private AlsaConfigFile() {}

    private static native int setenv(byte[] name, byte[] value, int overwrite);

    private static native int unsetenv(byte[] name);

    /** From here until {@link #forget}, libasound knows these PCMs, too. */
    static void use(Path folder, String... lines) throws IOException {
        Path file = Files.createTempFile(folder, "asound", ".conf");
        Files.writeString(file, String.join("\n", lines) + "\n");
        setenv(Alsa.string(ALSA_CONFIG_PATH), Alsa.string(SYSTEM + ":" + file), 1);
    }

    /** The system's configuration again. */
    static void forget() {
        unsetenv(Alsa.string(ALSA_CONFIG_PATH));
    }
}
