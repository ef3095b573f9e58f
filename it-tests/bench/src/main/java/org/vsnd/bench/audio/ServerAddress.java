// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.util.Map;
import org.vsnd.it.server.AudioServer;

/** What leads vsnd to a server. */
public final class ServerAddress {
    private static final String ADDRESS = "PULSE_SERVER";

    private ServerAddress() {}

    /** The address alone: with a server's home the launcher would look for its own things there. */
    public static Map<String, String> of(AudioServer server) {
        String address = server.environment().get(ADDRESS);
        if (address == null) {
            throw new IllegalStateException("a server without an address");
        }
        return Map.of(ADDRESS, address);
    }
}
