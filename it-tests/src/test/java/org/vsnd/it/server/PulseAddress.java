// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;

/**
 * Where libpulse in this process finds its server: it reads the environment each time it connects. Java cannot change the
 * environment, C can.
 */
final class PulseAddress {
    private static final String PULSE_SERVER = "PULSE_SERVER";

    static {
        Native.register(PulseAddress.class, "c");
    }

    private PulseAddress() {}

    private static native int setenv(byte[] name, byte[] value, int overwrite);

    private static native int unsetenv(byte[] name);

    /** From here until {@link #forget} it is this one. */
    static void use(AudioServer server) {
        setenv(string(PULSE_SERVER), string(server.environment().get(PULSE_SERVER)), 1);
    }

    /** The user's own again. */
    static void forget() {
        unsetenv(string(PULSE_SERVER));
    }

    private static byte[] string(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }
}
