// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

import com.sun.jna.Native;

/**
 * libpulse's own messages on standard error. It repeats the same complaint with each try to connect, and has no public
 * call to stop that; the call is in the library that it shares with its server.
 */
@SuppressWarnings("MemberName") // C's own spelling
final class PulseLog {
    /** Set by people who want to see libpulse's messages. */
    private static final String WANTED = "PULSE_LOG";

    private PulseLog() {}

    private static native long pa_log_parse_target(byte[] string);

    private static native int pa_log_set_target(long t);

    /** After a first try to connect, when libpulse has said what it has to say. Any thread. */
    static void silence() {
        Silenced.once();
    }

    private static final class Silenced {
        static {
            if (System.getenv(WANTED) == null) {
                try {
                    Native.register(PulseLog.class, LibPulse.LIBRARY);
                    long nowhere = pa_log_parse_target(PulseLibrary.cString("null"));
                    if (nowhere != 0) {
                        pa_log_set_target(nowhere); // which keeps the reference
                    }
                } catch (UnsatisfiedLinkError e) {
                    // another build of it: it goes on complaining
                }
            }
        }

        static void once() {
            // the initializer did it
        }
    }
}
