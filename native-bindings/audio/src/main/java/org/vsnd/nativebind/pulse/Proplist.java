// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.pulse;

/** {@code pa_proplist}: the properties that the server shows and uses for routing. Freed on close. */
final class Proplist implements AutoCloseable {
    private static final String APPLICATION = "vsnd";

    private final long handle = LibPulse.pa_proplist_new();

    private Proplist() {}

    /** For the connection. */
    static Proplist application() {
        return new Proplist()
                .set("application.name", APPLICATION)
                .set("application.id", "org.vsnd")
                .set("application.icon_name", "audio-card");
    }

    /**
     * For a stream. The role is "production", since the sound is that of a whole computer. A desktop that mutes or
     * turns down "music" during a call must not silence the guest in which the call may take place, and the volume that
     * a server keeps for each role is then not that of the music player.
     */
    static Proplist stream(String name) {
        return new Proplist()
                .set("media.name", name)
                .set("media.role", "production")
                .set("media.icon_name", "audio-card");
    }

    /** The same for one that the card moves itself: what the server remembers of that is for no other stream. */
    static Proplist movedStream(String name) {
        return stream(name).set("module-stream-restore.id", "source-output-by-vsnd:" + name);
    }

    private Proplist set(String key, String value) {
        LibPulse.pa_proplist_sets(handle, PulseLibrary.cString(key), PulseLibrary.cString(value));
        return this;
    }

    long handle() {
        return handle;
    }

    static byte[] applicationName() {
        return PulseLibrary.cString(APPLICATION);
    }

    @Override
    public void close() {
        LibPulse.pa_proplist_free(handle);
    }
}
