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
 * Lets an audio thread wait for a time, a wake-up and its PCM. {@link #wake} may be called by any thread,
 * everything else by the audio thread. Allocates nothing while it waits.
 */
final class PcmWaiter implements HostWaiter<AlsaPcm> {
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
    private @Nullable AlsaPcm watched;
    private int fds; // of the PCM

    PcmWaiter() {
        this(() -> LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC));
    }

    /** @param makeEventfd returns a negative number when the process has no descriptor left; it is asked again later */
    PcmWaiter(IntSupplier makeEventfd) {
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

    /** Any thread: ends the wait. Allocates nothing, and never waits for the PCM: what is synchronized here is short. */
    @Override
    public synchronized void wake() {
        if (wakeup != null) {
            wakeup.signal();
        }
    }

    /** Sets the PCM whose descriptors are waited for on request. */
    @Override
    public void watch(@Nullable AlsaPcm pcm) {
        watched = pcm;
        fds = 0;
        if (pcm != null) {
            int count = Math.min(MOST_FDS, pcm.pollDescriptorsCount());
            fds = Math.max(0, pcm.pollDescriptors(pollfds.address() + POLLFD_LENGTH, count));
        }
    }

    /**
     * Waits.
     *
     * @param untilNanos the latest end of the wait
     * @param forPcm whether the wait also ends when the PCM is ready
     */
    @Override
    public void await(long untilNanos, boolean forPcm) {
        long most = makeWakeable() ? Long.MAX_VALUE : UNWOKEN_NANOS;
        long left = Math.min(most, Math.max(0, untilNanos - System.nanoTime()));
        timeout.bytes().putLong(0, left / NANOS_PER_SECOND).putLong(Long.BYTES, left % NANOS_PER_SECOND);
        int count = forPcm ? fds : 0;
        int ready = LibC.ppoll(pollfds.address(), 1L + count, timeout.address(), 0);
        AlsaPcm pcm = watched;
        if (ready <= 0) {
            return;
        }
        if (pcm != null && count > 0) {
            pcm.pollDescriptorsRevents(pollfds.address() + POLLFD_LENGTH, count, revents.address());
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
