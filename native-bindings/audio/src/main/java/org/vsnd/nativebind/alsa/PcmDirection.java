// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

/** Which way sound goes through a PCM. */
enum PcmDirection {
    PLAYBACK(LibAsound.SND_PCM_STREAM_PLAYBACK, "play"),
    CAPTURE(LibAsound.SND_PCM_STREAM_CAPTURE, "record");

    private final int stream;
    private final String verb;

    PcmDirection(int stream, String verb) {
        this.stream = stream;
        this.verb = verb;
    }

    /** Its {@code SND_PCM_STREAM_*}. */
    int stream() {
        return stream;
    }

    /** What a PCM does: {@code play} or {@code record}. */
    String verb() {
        return verb;
    }
}
