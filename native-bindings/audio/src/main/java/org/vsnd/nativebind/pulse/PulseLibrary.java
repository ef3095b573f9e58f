// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.BackendException;

/** Checks once whether libpulse is there. */
final class PulseLibrary {
    private static final @Nullable String FAULT = load();

    private PulseLibrary() {}

    private static @Nullable String load() {
        try {
            LibPulse.pa_get_library_version();
            return null;
        } catch (LinkageError e) {
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * Makes sure that {@link LibPulse} can be used.
     *
     * @throws BackendException if not; the message says what to install
     */
    static void require() throws BackendException {
        if (FAULT != null) {
            throw new BackendException(
                    "The back end pulse needs libpulse.so.0, which cannot be loaded: apt-get install libpulse0.",
                    new UnsatisfiedLinkError(FAULT));
        }
    }

    static boolean missing() {
        return FAULT != null;
    }

    /** A C string. */
    static byte[] cString(String text) {
        return (text.replace('\0', ' ') + '\0').getBytes(StandardCharsets.UTF_8);
    }

    /** Whether an error is that of a server which is there but refuses us. */
    static boolean isRefusal(int code) {
        return code == LibPulse.PA_ERR_ACCESS
                || code == LibPulse.PA_ERR_AUTHKEY
                || code == LibPulse.PA_ERR_PROTOCOL
                || code == LibPulse.PA_ERR_VERSION;
    }

    /** Why there is no connection, as the beginning of a sentence. */
    static String noConnection(int code) {
        return (isRefusal(code) ? "The PulseAudio server refuses us (" : "No PulseAudio server answers (") + error(code)
                + ")";
    }

    /** An error code in words. */
    static String error(int code) {
        String words = LibPulse.pa_strerror(code);
        return words == null ? "error " + code : words;
    }
}
