// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.server.EventLoop;

/** A client's resample eventfd, whatever the client does with it, leaves the device thread its time. */
@DisplayName("VFIO-USER 2.7: resample eventfds that are always ready")
class ResampleRateTest {
    private static final int EFD_SEMAPHORE = 1;
    private static final long PER_SECOND = 4000;
    private static final long WINDOW_NANOS = 10_000_000;
    private static final long PER_WINDOW = 40;

    private EventLoop loop;
    private IntxLine line;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop();
        line = new IntxLine(loop, PER_SECOND);
        line.set(true);
    }

    @AfterEach
    void stop() {
        line.disable();
        loop.close();
    }

    /** Serves for a while; returns how often there was work. */
    private long serve(long nanos) throws Exception {
        boolean[] over = new boolean[1];
        loop.timer(() -> over[0] = true).arm(loop.nanoTime() + nanos);
        long turns = 0;
        while (!over[0]) {
            loop.turn();
            turns++;
        }
        return turns - 1; // the last one is the timer's
    }

    @Test
    @DisplayName("a semaphore that counts down from 2^60 is one acknowledgement")
    void semaphoreIsOneAcknowledgement() throws Exception {
        EventFd semaphore = EventFd.adopt(LibC.eventfd(0, EFD_SEMAPHORE));
        NativeBuffer count = new NativeBuffer(8);
        count.bytes().putLong(0, 1L << 60);
        assertThat(LibC.write(semaphore.fd(), count.address(), 8)).isEqualTo(8);
        line.assignResample(semaphore);
        assertThat(serve(3 * WINDOW_NANOS)).isOne();
    }

    @Test
    @DisplayName("the trigger itself, which answers each interrupt with another one, makes so many and no more")
    void triggerItselfIsSlowedDown() throws Exception {
        EventFd both = EventFd.create();
        line.assignResample(EventFd.adopt(FileDescriptors.duplicate(both.fd())));
        line.assign(both);
        long before = loop.nanoTime();
        long work = serve(5 * WINDOW_NANOS);
        long windows = (loop.nanoTime() - before) / WINDOW_NANOS + 2;
        assertThat(work).isBetween(1L, windows * (PER_WINDOW + 2));
    }

    @Test
    @Timeout(20)
    @DisplayName("an acknowledgement that comes too early for the budget is not lost")
    void acknowledgementsBeyondTheBudgetComeLater() throws Exception {
        EventFd trigger = EventFd.create();
        EventFd resample = EventFd.create();
        line.assignResample(resample);
        line.assign(trigger);
        assertThat(trigger.drain()).as("asserted").isTrue();
        for (int i = 0; i < 3 * PER_WINDOW; i++) {
            resample.signal();
            while (!trigger.drain()) {
                loop.turn();
            }
        }
    }
}
