// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.vfiouser.TestClient.le;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.testing.Waiting;

/** Clients coming and going, servers starting and ending, and that nothing is left behind. */
@DisplayName("VFIO-USER 1, 7.6, 9: connections")
class LifeCycleTest {
    @TempDir
    Path folder;

    private static long count(String procFolder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(procFolder))) {
            return entries.count();
        }
    }

    private static long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains("memfd"))
                .count();
    }

    private static void connectAndUse(RunningServer running, MemFd ram, EventFd eventFd) throws Exception {
        try (TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x4000, 3, 0, ram.fd());
            client.map(0x8000, 0x4000, 3, 0x4000, ram.fd());
            client.setIrqs(0x24, 0, 0, 1, eventFd.fd());
            client.setIrqs(0x14, 0, 0, 1, eventFd.fd());
            client.setIrqs(0x24, 2, 0, 2, eventFd.fd(), eventFd.fd());
            client.setIrqs(0x24, 3, 0, 1, eventFd.fd());
            client.setIrqs(0x24, 4, 0, 1, eventFd.fd());
            client.call(Command.DEVICE_GET_INFO, le(16), eventFd.fd(), ram.fd()); // not expected there
            client.setIrqs(0x24, 2, 0, 3, eventFd.fd(), eventFd.fd()); // refused
            client.map(0, 0x4000, 3, 0, ram.fd()); // refused
        }
    }

    @Test
    void twoHundredClientsLeaveNothingBehind() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                EventFd eventFd = EventFd.create()) {
            connectAndUse(running, ram, eventFd);
            Waiting.await("first gone", () -> running.function.resets == 1);
            long fds;
            long threads;
            try (TestClient client = TestClient.negotiated(running.path)) { // while it listens again the count changes
                client.call(Command.DEVICE_GET_INFO, le(16));
                fds = count("/proc/self/fd");
                threads = count("/proc/self/task");
            }
            for (int i = 0; i < 200; i++) {
                connectAndUse(running, ram, eventFd);
            }
            Waiting.await("all gone", () -> running.function.resets == 202);
            try (TestClient client = TestClient.negotiated(running.path)) {
                client.call(Command.DEVICE_GET_INFO, le(16));
                assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(fds);
                assertThat(count("/proc/self/task")).isLessThanOrEqualTo(threads + 2); // the JVM's own come and go
            }
            Waiting.await("cleaned up", () -> !running.server.statistics().clientConnected());
            assertThat(mappings()).isZero();
            assertThat(running.server.statistics().connections()).isEqualTo(203);
        }
    }

    @Test
    void fdsWithCommandsThatTakeNoneAreClosedAtOnce() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                EventFd eventFd = EventFd.create();
                TestClient client = TestClient.negotiated(running.path)) {
            long fds = count("/proc/self/fd");
            int[] sixteen = new int[16];
            java.util.Arrays.fill(sixteen, eventFd.fd());
            client.call(Command.REGION_READ, TestClient.access(0, 0, 4, 0), sixteen);
            client.call(99, le(4), sixteen);
            client.post(Command.DEVICE_RESET, le(0), sixteen);
            client.regionRead(0, 0, 4);
            assertThat(count("/proc/self/fd")).isEqualTo(fds);
        }
    }

    @Test
    void serversLeaveNothingBehind() throws Exception {
        new RunningServer(folder).close();
        long fds = count("/proc/self/fd");
        for (int i = 0; i < 20; i++) {
            try (RunningServer running = new RunningServer(folder)) {
                TestClient.negotiated(running.path).close();
            }
        }
        assertThat(count("/proc/self/fd")).isLessThanOrEqualTo(fds);
    }

    @Test
    void unsharedMemoryIsNamedOnceWithTheOptionThatHelps() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x10000, 3, 0, ram.fd());
            running.function.hook = value -> running.function.host.memory().loadAcquire16(value);
            client.postWrite(0, FakeFunction.NOTIFY, 4, 0x102);
            client.postWrite(0, FakeFunction.NOTIFY + 4, 4, 0x202);
            Waiting.await("noticed", () -> running.server.statistics().unsharedMemorySuspected());
            client.postWrite(0, FakeFunction.NOTIFY, 4, 0x102);
            client.regionRead(0, 0, 4);
            assertThat(running.log.lines()).singleElement().asString().contains("share=off", "share=on");
        }
    }

    @Test
    void indexThatIsNotZeroInTimeProvesThatMemoryIsShared() throws Exception {
        try (RunningServer running = new RunningServer(folder);
                MemFd ram = MemFd.create("ram", 0x10000, true);
                MappedFile guest = MappedFile.map(ram.fd(), 0x10000, true);
                TestClient client = TestClient.negotiated(running.path)) {
            client.map(0, 0x10000, 3, 0, ram.fd());
            running.function.hook = value -> running.function.host.memory().loadAcquire16(value);
            client.postWrite(0, FakeFunction.NOTIFY, 4, 0x102);
            client.regionRead(0, 0, 4);
            guest.window(0).putShort(0x102, (short) 1);
            boolean[] later = new boolean[1];
            running.function.hook = value -> {
                // Due after the check: both timers are the loop's, and it runs them in order.
                running.function.later.arm(System.nanoTime() + 500_000_000L);
                running.function.timerTask = () -> later[0] = true;
            };
            client.runHook(0);
            Waiting.await("checked", () -> later[0]);
            assertThat(running.server.statistics().unsharedMemorySuspected()).isFalse();
            assertThat(running.log.lines()).isEmpty();
        }
    }
}
