// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.audio.SinkClock;
import org.vsnd.cli.boot.BootException;

/**
 * Where a card's sound goes and comes from. What it records is {@link TwoTones}, or silence. After {@link #end} what was
 * heard can be looked at.
 */
interface HostSound extends AutoCloseable {
    /** As {@code --backend} wants it. */
    String backend();

    /** What vsnd needs in its environment to get there. */
    Map<String, String> environment();

    /** Whether there is anything to record. */
    boolean records();

    /** Nothing more will be heard: vsnd has ended. */
    void end() throws InterruptedException;

    /** What was heard from beginning to end, silence too; null if there is nobody to hear it. */
    byte @Nullable [] heard() throws BenchException, BootException;

    /** The clock that it plays by, as it was from one time of the monotonic clock to another. */
    SinkClock clockBetween(long fromNanos, long toNanos) throws BenchException;

    @Override
    void close();
}
