// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/** The SPI's DeviceThread: timers and wake-ups. */
class EventLoopTest {
    private EventLoop loop;

    @BeforeEach
    void start() throws Exception {
        loop = new EventLoop();
    }

    @AfterEach
    void stop() {
        loop.close();
    }

    @Test
    void timersRunInOrderOfTheirDeadlinesAndNotBefore() throws Exception {
        List<String> ran = new ArrayList<>();
        long now = loop.nanoTime();
        Timer late = loop.timer(() -> ran.add("late"));
        Timer early = loop.timer(() -> ran.add("early"));
        Timer never = loop.timer(() -> ran.add("never"));
        late.arm(now + 2_000_000);
        early.arm(now + 1_000_000);
        never.arm(now + 500_000);
        never.cancel();
        while (ran.size() < 2) {
            loop.turn();
            assertThat(loop.nanoTime() - now).isGreaterThanOrEqualTo(ran.size() * 1_000_000L);
        }
        assertThat(ran).containsExactly("early", "late");
    }

    @Test
    void deadlineInThePastIsDueAtOnceButNotInsideArm() throws Exception {
        int[] runs = new int[1];
        Timer timer = loop.timer(() -> runs[0]++);
        timer.arm(loop.nanoTime() - 1_000_000_000L);
        assertThat(runs[0]).isZero();
        loop.turn();
        assertThat(runs[0]).isOne();
        timer.arm(-5);
        loop.turn();
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    void timerThatArmsItselfForThePastLetsOthersRun() throws Exception {
        int[] runs = new int[2];
        Timer[] greedy = new Timer[1];
        greedy[0] = loop.timer(() -> {
            runs[0]++;
            greedy[0].arm(0);
        });
        Wakeup wakeup = loop.wakeup(() -> runs[1]++);
        greedy[0].arm(0);
        wakeup.signal();
        loop.turn();
        loop.turn();
        assertThat(runs[1]).isOne();
        assertThat(runs[0]).isBetween(1, 8);
    }

    @Test
    void armingAgainReplacesTheDeadline() throws Exception {
        int[] runs = new int[1];
        Timer timer = loop.timer(() -> runs[0]++);
        timer.arm(loop.nanoTime() + 3_600_000_000_000L);
        Timer other = loop.timer(() -> timer.arm(loop.nanoTime() + 1_000_000));
        other.arm(0);
        while (runs[0] == 0) {
            loop.turn();
        }
        assertThat(runs[0]).isOne();
    }

    @Test
    void signalsFromAnotherThreadCountOnceUntilServed() throws Exception {
        int[] runs = new int[1];
        Wakeup wakeup = loop.wakeup(() -> runs[0]++);
        Thread other = new Thread(() -> {
            wakeup.signal();
            wakeup.signal();
        });
        other.start();
        other.join();
        loop.turn();
        assertThat(runs[0]).isOne();
        wakeup.signal();
        loop.turn();
        assertThat(runs[0]).isEqualTo(2);
    }

    @Test
    @DisplayName("a wake-up whose task throws silences no other, now or later")
    void wakeupThatThrowsSilencesNoOther() throws Exception {
        int[] runs = new int[1];
        Wakeup broken = loop.wakeup(() -> {
            throw new IllegalStateException("a bug");
        });
        Wakeup good = loop.wakeup(() -> runs[0]++);
        for (int round = 1; round <= 3; round++) {
            broken.signal();
            good.signal();
            assertThatThrownBy(loop::turn).hasMessage("a bug");
            good.signal();
            loop.timer(() -> {}).arm(loop.nanoTime() + 10_000_000); // ends the wait if nothing else does
            loop.turn();
            assertThat(runs[0]).isEqualTo(round);
        }
    }

    @Test
    @DisplayName("descriptors are watched while they are set, in the order of their watches, and each may be changed")
    void watchesRunWhenTheirDescriptorsAreReady() throws Exception {
        List<String> ran = new ArrayList<>();
        try (EventFd a = EventFd.create();
                EventFd b = EventFd.create()) {
            Watch first = loop.watch(() -> ran.add("first"));
            Watch second = loop.watch(() -> ran.add("second"));
            second.set(a.fd(), Poller.POLLIN);
            first.set(b.fd(), Poller.POLLIN);
            a.signal();
            b.signal();
            loop.turn();
            assertThat(ran).containsExactly("first", "second");
            second.clear();
            assertThat(second.ready()).isFalse();
            loop.turn();
            assertThat(ran).containsExactly("first", "second", "first");
            Watch third = loop.watch(() -> ran.add("third")); // the others' descriptors stay
            third.set(a.fd(), Poller.POLLIN);
            loop.turn();
            assertThat(ran).endsWith("first", "third");
        }
    }

    @Test
    @DisplayName("an eventfd of the client's is told of once for each signal, whether or not the client reads it")
    void clientsEventIsToldOfOncePerSignal() throws Exception {
        int[] told = new int[1];
        EventWatch[] watch = new EventWatch[1];
        watch[0] = loop.eventWatch(() -> told[0] += watch[0].take() ? 1 : 0);
        EventFd mine = EventFd.create();
        try (EventFd clients = EventFd.adopt(FileDescriptors.duplicate(mine.fd()))) {
            watch[0].assign(mine);
            for (int i = 1; i <= 3; i++) {
                clients.signal();
                loop.turn();
                assertThat(told[0]).isEqualTo(i);
            }
            watch[0].pause();
            clients.signal();
            turnFor(1_000_000);
            assertThat(told[0]).isEqualTo(3);
            watch[0].resume();
            loop.turn();
            assertThat(told[0]).isEqualTo(4);
            watch[0].assign(null);
            clients.signal();
            turnFor(1_000_000);
            assertThat(told[0]).isEqualTo(4);
            assertThat(mine.fd()).as("closed").isNegative();
        }
    }

    private void turnFor(long nanos) throws Exception {
        boolean[] over = new boolean[1];
        loop.timer(() -> over[0] = true).arm(loop.nanoTime() + nanos);
        while (!over[0]) {
            loop.turn();
        }
    }

    @Test
    void signalAfterCloseTouchesNobodysFile() throws Exception {
        Wakeup wakeup = loop.wakeup(() -> {});
        loop.close();
        try (EventFd a = EventFd.create();
                EventFd b = EventFd.create()) { // very likely the numbers just freed
            wakeup.signal();
            loop.interrupt();
            assertThat(a.drain()).isFalse();
            assertThat(b.drain()).isFalse();
        }
    }

    @Test
    void timeIsTheWallClocks() {
        assertThat(loop.timeBase()).isEqualTo(TimeBase.WALL);
        long before = System.nanoTime();
        assertThat(loop.nanoTime()).isBetween(before, System.nanoTime());
    }
}
