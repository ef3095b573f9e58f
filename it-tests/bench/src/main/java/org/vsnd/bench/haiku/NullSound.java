// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.audio.SinkClock;

/** The back end {@code null}. */
final class NullSound implements HostSound {
    @Override
    public String backend() {
        return "null";
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public boolean records() {
        return false;
    }

    @Override
    public void end() {
        // nothing was heard
    }

    @Override
    public byte @Nullable [] heard() {
        return null;
    }

    @Override
    public SinkClock clockBetween(long fromNanos, long toNanos) {
        return SinkClock.known(0);
    }

    @Override
    public void close() {
        // nothing was opened
    }
}
