// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.RealtimePriority;

/** What the audio threads of all PCMs have in common. */
final class PcmThreads {
    private static final Logger LOG = System.getLogger(AlsaBackend.class.getName());
    /** A PCM that holds frames and moves none for this long is taken for lost. */
    static final long STALL_NANOS = 700_000_000L;

    /** Just below the device thread, which has less to do and less time for it. */
    private static final int REALTIME_PRIORITY = 45;

    private PcmThreads() {}

    /** The problem that a result of libasound stands for; null if it is not negative. */
    static @Nullable String fault(int result) {
        return result < 0 ? LibAsound.snd_strerror(result) : null;
    }

    /** Runs before every ordinary thread, if the system allows it; mostly this is not needed. */
    static void askForRealtime() {
        RealtimePriority.request(REALTIME_PRIORITY)
                .ifPresent(refusal -> LOG.log(Level.DEBUG, "no real-time priority: " + refusal));
    }
}
