// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.javax;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.live.HostWaiter;

/** Waits for a time or a wake-up: a line has no way to say that it is ready. */
final class ParkingWaiter<H> implements HostWaiter<H> {
    private volatile @Nullable Thread thread;

    @Override
    public void wake() {
        Thread waiting = thread;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    @Override
    public void watch(@Nullable H host) {
        // a line cannot be watched
    }

    @Override
    public void await(long untilNanos, boolean forHost) {
        if (thread == null) {
            thread = Thread.currentThread();
        }
        LockSupport.parkNanos(this, untilNanos - System.nanoTime());
    }

    @Override
    public void close() {
        thread = null;
    }
}
