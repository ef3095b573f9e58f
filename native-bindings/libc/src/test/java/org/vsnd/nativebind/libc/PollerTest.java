// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** poll, eventfd, timerfd and the thread's priority. */
class PollerTest {
    @Test
    void nanoTimeIsTheMonotonicClock() {
        long before = System.nanoTime();
        long monotonic = TimerFd.monotonicNanos();
        assertThat(monotonic).isBetween(before, System.nanoTime());
    }

    @Test
    void timerIsReadyAfterItsDeadlineAndNotBefore() throws Exception {
        try (TimerFd timer = TimerFd.create()) {
            Poller poller = new Poller(1);
            poller.set(0, timer.fd(), Poller.POLLIN);
            long deadline = System.nanoTime() + 3_000_000;
            timer.arm(deadline);
            poller.await();
            assertThat(System.nanoTime() - deadline).isGreaterThanOrEqualTo(0);
            assertThat(poller.ready(0)).isEqualTo(Poller.POLLIN);
            timer.disarm();
            assertThat(poller.poll(0)).as("an expiry is forgotten").isFalse();
            assertThat(poller.ready(0)).isZero();
            timer.arm(-7);
            assertThat(poller.poll(10_000)).as("the past is due at once").isTrue();
            timer.arm(System.nanoTime() + 3_600_000_000_000L);
            assertThat(poller.poll(0)).isFalse();
        }
    }

    @Test
    void timerThatIsClosedCannotBeArmed() throws Exception {
        TimerFd timer = TimerFd.create();
        timer.close();
        timer.close();
        assertThat(timer.fd()).isEqualTo(-1);
        assertThatThrownBy(() -> timer.arm(1)).hasMessage("timerfd_settime: Bad file descriptor");
    }

    @Test
    void eventfdCountsUntilDrained() throws Exception {
        EventFd eventFd = EventFd.create();
        assertThat(eventFd.drain()).isFalse();
        eventFd.signal();
        eventFd.signal();
        assertThat(eventFd.drain()).isTrue();
        assertThat(eventFd.drain()).isFalse();
        eventFd.close();
        eventFd.close();
        eventFd.signal();
        assertThat(eventFd.drain()).isFalse();
    }

    @Test
    void onlyReadySlotsAreReported() throws Exception {
        try (EventFd a = EventFd.create();
                EventFd b = EventFd.create()) {
            Poller poller = new Poller(4);
            poller.set(1, a.fd(), Poller.POLLIN);
            poller.set(2, b.fd(), Poller.POLLIN | Poller.POLLOUT);
            poller.set(3, 1 << 20, Poller.POLLIN);
            assertThat(poller.poll(0)).isTrue();
            assertThat(poller.ready(0)).isZero();
            assertThat(poller.ready(1)).isZero();
            assertThat(poller.ready(2)).isEqualTo(Poller.POLLOUT);
            assertThat(poller.ready(3)).isEqualTo(Poller.POLLNVAL);
            a.signal();
            poller.clear(2);
            poller.clear(3);
            assertThat(poller.poll(0)).isTrue();
            assertThat(poller.ready(1)).isEqualTo(Poller.POLLIN);
            assertThat(poller.ready(2)).isZero();
        }
    }

    @Test
    void waitingAndSignallingAllocateNothing() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        try (TimerFd timer = TimerFd.create();
                EventFd eventFd = EventFd.create()) {
            Poller poller = new Poller(2);
            poller.set(0, timer.fd(), Poller.POLLIN);
            poller.set(1, eventFd.fd(), Poller.POLLIN);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 10 && least > 0; round++) {
                long before = threads.getThreadAllocatedBytes(id);
                for (int i = 0; i < 5_000; i++) {
                    timer.arm(1);
                    eventFd.signal();
                    poller.await();
                    eventFd.drain();
                }
                least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            }
            assertThat(least).isZero();
        }
    }

    @Test
    void realtimePriorityIsGrantedOrRefusedInWords() throws Exception {
        String[] policy = new String[1];
        boolean[] granted = new boolean[1];
        Thread thread = new Thread(() -> {
            granted[0] = RealtimePriority.request(1).isEmpty();
            policy[0] = policyOfThisThread();
            RealtimePriority.giveUp();
        });
        thread.start();
        thread.join();
        assertThat(policy[0]).isEqualTo(granted[0] ? "2" : "0");
        assertThat(RealtimePriority.request(1000))
                .hasValueSatisfying(reason -> assertThat(reason).isIn("Invalid argument", "Operation not permitted"));
    }

    /** Field 41 of the thread's stat line is its scheduling policy; the name, field 2, may hold blanks. */
    private static String policyOfThisThread() {
        try {
            String stat = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/thread-self/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38];
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
