// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Signals for others, who may do what they like with their eventfd. */
class EventSignalsTest {
    @Test
    void signalsAreCountedHoweverManyThereAre() throws Exception {
        NativeBuffer counter = new NativeBuffer(8);
        try (EventSignals signals = EventSignals.create();
                EventFd eventFd = EventFd.create()) {
            for (int flags : new int[] {LibC.O_NONBLOCK, 0}) {
                assertThat(LibC.fcntl(eventFd.fd(), LibC.F_SETFL, flags)).isZero();
                for (int i = 0; i < 1000; i++) {
                    signals.signal(eventFd);
                }
                assertThat(LibC.read(eventFd.fd(), counter.address(), 8)).isEqualTo(8);
                assertThat(counter.bytes().getLong(0)).isEqualTo(1000);
            }
        }
    }

    @Test
    @DisplayName("a counter that is full, in a file that was made blocking, is not waited for")
    void fullCounterOfABlockingFileIsNotWaitedFor() throws Exception {
        NativeBuffer most = new NativeBuffer(8);
        most.bytes().putLong(0, -2);
        try (EventSignals signals = EventSignals.create();
                EventFd eventFd = EventFd.create()) {
            assertThat(LibC.write(eventFd.fd(), most.address(), 8)).isEqualTo(8);
            assertThat(LibC.fcntl(eventFd.fd(), LibC.F_SETFL, 0)).isZero();
            signals.signal(eventFd);
            signals.signal(eventFd);
            assertThat(eventFd.drain()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "where the kernel does not signal for us the file is made non-blocking again, and a closed one is left alone")
    void withoutTheKernelsHelpTheFileIsMadeNonBlocking() throws Exception {
        EventSignals signals = EventSignals.create();
        signals.close();
        signals.close();
        EventFd eventFd = EventFd.create();
        assertThat(LibC.fcntl(eventFd.fd(), LibC.F_SETFL, 0)).isZero();
        signals.signal(eventFd);
        assertThat(LibC.fcntl(eventFd.fd(), LibC.F_GETFL, 0) & LibC.O_NONBLOCK).isNotZero();
        assertThat(eventFd.drain()).isTrue();
        eventFd.close();
        signals.signal(eventFd);
    }

    @Test
    void signalAllocatesNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        try (EventSignals signals = EventSignals.create();
                EventFd eventFd = EventFd.create()) {
            assertThat(LibC.fcntl(eventFd.fd(), LibC.F_SETFL, 0)).isZero();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 10 && least > 0; round++) {
                long before = threads.getThreadAllocatedBytes(id);
                for (int i = 0; i < 1000; i++) {
                    signals.signal(eventFd);
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            }
            assertThat(least).isZero();
        }
    }
}
