// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.Map;

/** Kinds of guest, and the options of {@code plugin.yaml} whose defaults differ for them. */
final class Profiles {
    /** Values by option, by profile; {@code docs/guests.md} says more of the guests. */
    static final Map<String, Map<String, String>> DEFAULTS = Map.of(
            "default",
            Map.of(),
            // Its media server takes the widest integer format and the highest rate on offer. S16 at no more than 48000
            // is the safe choice: half the bytes of S32 in each exchange. It knows few positions, and of several
            // channel
            // maps it takes the last.
            "haiku",
            Map.of("formats", "S16", "rates", "44100,48000", "channels", "1-2", "chmaps", "FL+FR"),
            "windows",
            Map.of("stop", "all"),
            "rt-thread",
            Map.of("stop", "all"),
            "aero",
            Map.of("header", "8", "chmaps", "off"),
            // One message in flight, though its buffer has several periods.
            "freebsd",
            Map.of("exchange", "single"),
            // What its driver can name; it plays a file at the file's rate and width, or not at all.
            "nuttx",
            Map.of("formats", "S8,S16,S32", "rates", "8000,11025,16000,22050,32000,44100,48000,96000,192000"));

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
