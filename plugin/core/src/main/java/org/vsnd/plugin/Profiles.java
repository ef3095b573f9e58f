// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.Map;

/** Kinds of guest, and the options of {@code plugin.yaml} whose defaults differ for them. */
final class Profiles {
    /**
     * Values by option, by profile. Haiku's media server takes the widest integer format and the highest rate it is
     * offered. S16 at no more than 48000 is the safe choice: half the bytes of S32 in each exchange.
     */
    static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "default", Map.of(),
            "haiku", Map.of("formats", "S16", "rates", "44100,48000"),
            "windows", Map.of("stop", "all"),
            "rt-thread", Map.of("stop", "all"),
            "aero", Map.of("header", "8", "chmaps", "off"));

    private Profiles() {}

    /** Values by option, for options that the operator did not give. */
    static Map<String, String> defaults(String profile) {
        Map<String, String> defaults = DEFAULTS.get(profile);
        if (defaults == null) {
            throw new IllegalStateException("plugin.yaml lists an unknown profile: " + profile);
        }
        return defaults;
    }
}
