// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import org.vsnd.audio.BackendException;

/** Makes sure that libasound is there, and keeps it from writing to our standard error. */
final class Alsa {
    private Alsa() {}

    /**
     * Makes sure that the library can be used.
     *
     * @throws BackendException if it cannot; the message names the package
     */
    static void require() throws BackendException {
        try {
            Silenced.once();
        } catch (LinkageError e) {
            throw new BackendException(
                    "ALSA's library " + LibAsound.LIBRARY + " cannot be loaded: apt-get install libasound2.", e);
        }
    }

    /** A string with a zero byte at its end. */
    static byte[] string(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    private static final class Silenced {
        // libasound calls the handler from any thread, including those of the pulse plugin. A C function that ignores
        // its arguments is enough, while a Java callback would make each such thread a Java thread. Errors are also in
        // the error number.
        private static final Function IGNORE = NativeLibrary.getInstance("c").getFunction("getpid");

        static {
            LibAsound.snd_lib_error_set_handler(Pointer.nativeValue(IGNORE));
        }

        static void once() {
            // the initializer did it
        }
    }
}
