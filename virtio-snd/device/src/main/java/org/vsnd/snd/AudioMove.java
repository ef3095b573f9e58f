// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.PositionReports;

/**
 * Decides whether a stream's host audio should be opened anew: the back end has found better host audio since, and the
 * stream is not heard, or hears nothing, through its present one; or the back end had no room for the stream and may
 * have by now. Device thread only.
 */
final class AudioMove {
    private final AudioBackend backend;
    private int generation;
    private boolean works;
    private boolean makeshift;

    AudioMove(AudioBackend backend) {
        this.backend = backend;
    }

    /** The stream's host audio is about to be opened. */
    void opening() {
        generation = backend.generation();
        works = false;
        makeshift = false;
    }

    /** It was opened. */
    void opened(boolean asMakeshift) {
        makeshift = asMakeshift;
    }

    /** The host has reported something. */
    void reported(PositionReports.Kind kind) {
        works = kind == PositionReports.Kind.POSITION || (works && kind != PositionReports.Kind.LOST);
    }

    /** Whether there is something better, or may be; asked when nothing would be lost by moving. */
    boolean isThere() {
        return makeshift || isFound();
    }

    /** Whether there is something better, and nothing would be lost by moving now. */
    boolean isNeeded() {
        return isFound() && !works;
    }

    private boolean isFound() {
        return backend.generation() != generation;
    }
}
