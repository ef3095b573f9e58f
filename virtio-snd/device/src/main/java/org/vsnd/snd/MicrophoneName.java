// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.vsnd.audio.AudioBackend;

/**
 * Says in the log what a stream records from. A guest that opens and closes in a loop, or chooses one source after the other, does not
 * fill the log. Device thread only.
 */
final class MicrophoneName {
    private static final Logger LOG = System.getLogger(MicrophoneName.class.getName());

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final long SAME_AGAIN_NANOS = 60 * NANOS_PER_SECOND;
    private static final long OTHER_NANOS = NANOS_PER_SECOND;

    private final AudioBackend backend;
    private final String streamName;
    private final List<String> sources;
    private String said = "";
    private String saidHost = "";
    private long saidNanos;
    private boolean late;

    /** @param sources that may be chosen; none if there is nothing to choose */
    MicrophoneName(AudioBackend backend, String streamName, List<String> sources) {
        this.backend = backend;
        this.streamName = streamName;
        this.sources = sources;
    }

    /** It is being recorded, from this one of the sources. */
    void say(int source, long nowNanos) {
        String host = backend.recordsFrom(streamName);
        String now = sources.isEmpty() ? host : sources.get(source) + " of " + host;
        boolean other = !said.equals(now);
        long pauseNanos = nowNanos - saidNanos;
        late = other && host.equals(saidHost) && pauseNanos < OTHER_NANOS;
        if (late || (!other && pauseNanos <= SAME_AGAIN_NANOS)) {
            return;
        }
        said = now;
        saidHost = host;
        saidNanos = nowNanos;
        LOG.log(Level.INFO, "{0}: recording from {1}", streamName, now);
    }

    /** Another source was chosen while it is being recorded. */
    void isAnother() {
        late = true;
    }

    /** Whether something has yet to be said, and may be now. */
    boolean isLate(long nowNanos) {
        return late && nowNanos - saidNanos >= OTHER_NANOS;
    }
}
