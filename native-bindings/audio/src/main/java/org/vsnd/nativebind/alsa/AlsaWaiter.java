// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.live.HostWaiter;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;

/**
 * Lets a thread wait for a time, a wake-up and what it has open of libasound's. {@link #wake} may be called by any thread,
 * everything else by that thread. Allocates nothing while it waits.
 *
 * @param <H> a PCM or a mixer
 */
final class AlsaWaiter<H extends AlsaPolled> implements HostWaiter<H> {
    private static final int FD = 0; // int
    private static final int EVENTS = 4; // short
    private static final int REVENTS = 6; // short
    private static final int POLLFD_LENGTH = 8;
    private static final int MOST_FDS = 64;
    /** If it cannot be woken, for lack of a descriptor, it sleeps no longer than this. */
    private static final long UNWOKEN_NANOS = 10_000_000L;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final NativeBuffer pollfds = new NativeBuffer((1 + MOST_FDS) * POLLFD_LENGTH);
    private final NativeBuffer timeout = new NativeBuffer(2 * Long.BYTES);
    private final NativeBuffer revents = new NativeBuffer(Short.BYTES);
    private final IntSupplier makeEventfd;
    private @Nullable EventFd wakeup;
    private boolean closed;
    private @Nullable H watched;
    private int fds; // of the watched

    AlsaWaiter() {
        this(() -> LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC));
    }

    /** @param makeEventfd returns a negative number when the process has no descriptor left; it is asked again later */
    AlsaWaiter(IntSupplier makeEventfd) {
        this.makeEventfd = makeEventfd;
        pollfds.bytes().putInt(FD, -1).putShort(EVENTS, (short) Poller.POLLIN); // poll ignores negative ones
        makeWakeable();
    }

    /** Whether {@link #wake} can end a wait. */
    private synchronized boolean makeWakeable() {
        if (wakeup == null && !closed) {
            int eventfd = makeEventfd.getAsInt();
            if (eventfd >= 0) {
                wakeup = EventFd.adopt(eventfd);
                pollfds.bytes().putInt(FD, eventfd);
            }
        }
        return wakeup != null;
    }

    /** Any thread: ends the wait. Allocates nothing, and never waits for the host: what is synchronized here is short. */
    @Override
    public synchronized void wake() {
        if (wakeup != null) {
            wakeup.signal();
        }
    }

    /** Sets what has the descriptors that are waited for on request. */
    @Override
    public void watch(@Nullable H host) {
        watched = host;
        fds = 0;
        if (host != null) {
            int count = Math.min(MOST_FDS, host.pollDescriptorsCount());
            fds = Math.max(0, host.pollDescriptors(pollfds.address() + POLLFD_LENGTH, count));
        }
    }

    /**
     * Waits.
     *
     * @param untilNanos the latest end of the wait
     * @param forHost whether the wait also ends when the host is ready
     */
    @Override
    public void await(long untilNanos, boolean forHost) {
        long most = makeWakeable() ? Long.MAX_VALUE : UNWOKEN_NANOS;
        long left = Math.min(most, Math.max(0, untilNanos - System.nanoTime()));
        timeout.bytes().putLong(0, left / NANOS_PER_SECOND).putLong(Long.BYTES, left % NANOS_PER_SECOND);
        int count = forHost ? fds : 0;
        int ready = LibC.ppoll(pollfds.address(), 1L + count, timeout.address(), 0);
        H host = watched;
        if (ready <= 0) {
            return;
        }
        if (host != null && count > 0) {
            host.pollDescriptorsRevents(pollfds.address() + POLLFD_LENGTH, count, revents.address());
        }
        if (pollfds.bytes().getShort(REVENTS) != 0) {
            drain();
        }
    }

    private synchronized void drain() {
        if (wakeup != null) {
            wakeup.drain();
        }
    }

    @Override
    public synchronized void close() {
        if (wakeup != null) {
            wakeup.close();
            wakeup = null;
        }
        closed = true;
    }
}
