// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/** The direction of sound through a PCM. */
enum PcmDirection {
    PLAYBACK(LibAsound.SND_PCM_STREAM_PLAYBACK, "play"),
    CAPTURE(LibAsound.SND_PCM_STREAM_CAPTURE, "record");

    private final int stream;
    private final String verb;

    PcmDirection(int stream, String verb) {
        this.stream = stream;
        this.verb = verb;
    }

    /** The constant {@code SND_PCM_STREAM_*}. */
    int stream() {
        return stream;
    }

    /** The verb for it: {@code play} or {@code record}. */
    String verb() {
        return verb;
    }
}
