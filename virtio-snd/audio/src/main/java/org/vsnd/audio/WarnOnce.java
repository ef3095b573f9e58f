// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;

/** Warns once for each stream layout, so that a guest that asks repeatedly does not fill the log. Any thread. */
public final class WarnOnce {
    private static final int MOST = 256;

    private final Logger logger;
    private final Set<PcmParams> warned = new HashSet<>();

    public WarnOnce(Logger logger) {
        this.logger = logger;
    }

    public synchronized void warn(PcmParams params, String message) {
        PcmParams layout = new PcmParams(params.format(), params.rateHz(), params.channels(), 0);
        if (warned.size() < MOST && warned.add(layout)) {
            logger.log(Level.WARNING, message);
        }
    }
}
