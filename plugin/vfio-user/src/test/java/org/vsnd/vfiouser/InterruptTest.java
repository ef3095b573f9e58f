// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.vfiouser.TestClient.le;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.spi.PciInterrupts;

/** DEVICE_SET_IRQS and what the device's interrupts do. */
@DisplayName("VFIO-USER 2.7, 4 Interrupts")
class InterruptTest {
    private static final int ASSERT_INTX = 1000;
    private static final int DEASSERT_INTX = 1001;

    @TempDir
    Path folder;

    private RunningServer running;
    private TestClient client;
    private EventFd a;
    private EventFd b;

    @BeforeEach
    void start() throws Exception {
        running = new RunningServer(folder);
        client = TestClient.negotiated(running.path);
        a = EventFd.create();
        b = EventFd.create();
        PciInterrupts interrupts = running.function.host.interrupts();
        running.function.hook = value -> {
            if (value >= ASSERT_INTX) {
                interrupts.setIntx(value == ASSERT_INTX);
            } else {
                interrupts.sendMsix((int) value, 0, 0);
            }
        };
    }

    @AfterEach
    void stop() {
        client.close();
        running.close();
        a.close();
        b.close();
    }

    private void ok(int flags, int index, int start, int count, int... fds) throws Exception {
        TestClient.Answer answer = client.setIrqs(flags, index, start, count, fds);
        assertThat(answer.errno()).isZero();
        assertThat(answer.length()).isEqualTo(16);
    }

    @Test
    void hostMasksAndTakesEveryVectorATableCanHave() {
        assertThat(running.function.host.interrupts().hostMasksMsix()).isTrue();
        assertThat(running.function.host.interrupts().msixVectors()).isEqualTo(2048);
    }

    @Test
    void vectorSignalsItsEventfd() throws Exception {
        ok(0x24, 2, 1, 2, a.fd(), b.fd());
        client.runHook(2);
        assertThat(a.drain()).isFalse();
        assertThat(b.drain()).isTrue();
    }

    @Test
    void vectorWithoutEventfdIsPendingAndSignalledOnceWhenItGetsOne() throws Exception {
        ok(0x24, 2, 0, 1); // as QEMU: switched on, no vector usable yet
        client.runHook(3);
        client.runHook(3);
        assertThat(running.function.host.interrupts().msixPending(3)).isTrue();
        assertThat(running.function.host.interrupts().msixPending(2)).isFalse();
        ok(0x24, 2, 3, 1, a.fd());
        assertThat(a.drain()).isTrue();
        assertThat(a.drain()).isFalse();
        assertThat(running.function.host.interrupts().msixPending(3)).isFalse();
        ok(0x24, 2, 3, 1, b.fd());
        assertThat(b.drain()).as("nothing new").isFalse();
    }

    @Test
    void replacedEventfdIsUsedAndTheOldOneNotAnyMore() throws Exception {
        ok(0x24, 2, 0, 1, a.fd());
        ok(0x24, 2, 0, 1, b.fd());
        client.runHook(0);
        assertThat(a.drain()).isFalse();
        assertThat(b.drain()).isTrue();
    }

    @Test
    void disablingForgetsEventfdsAndPendingVectors() throws Exception {
        ok(0x24, 2, 0, 1, a.fd());
        client.runHook(1);
        ok(0x21, 2, 0, 0);
        client.runHook(0);
        assertThat(a.drain()).isFalse();
        assertThat(running.function.host.interrupts().msixPending(1)).isFalse();
        ok(0x24, 2, 0, 1, a.fd());
        assertThat(a.drain()).as("pending since the switch-off").isTrue();
    }

    @Test
    void vectorsCanBeTestedByTheClient() throws Exception {
        ok(0x24, 2, 0, 2, a.fd(), b.fd());
        ok(0x21, 2, 1, 1);
        assertThat(b.drain()).isTrue();
        assertThat(client.setIrqs(0x22, 2, 0, new byte[] {1, 0}).errno()).isZero();
        assertThat(a.drain()).isTrue();
        assertThat(b.drain()).isFalse();
    }

    @Test
    void vectorMaskedByMessageIsPendingUntilUnmasked() throws Exception {
        ok(0x24, 2, 0, 1, a.fd());
        ok(0x09, 2, 0, 1);
        client.runHook(0);
        assertThat(a.drain()).isFalse();
        assertThat(client.setIrqs(0x12, 2, 0, new byte[] {1}).errno()).isZero();
        assertThat(a.drain()).isTrue();
    }

    @Test
    void wildVectorsAreIgnored() throws Exception {
        running.function.hook = value -> {
            running.function.host.interrupts().sendMsix(-1, 0, 0);
            running.function.host.interrupts().sendMsix(2048, 0, 0);
            running.function.host.interrupts().sendMsix(0xffff, 0, 0);
            assertThat(running.function.host.interrupts().msixPending(2048)).isFalse();
        };
        client.runHook(0);
        assertThat(running.log.lines()).isEmpty();
    }

    @Test
    @DisplayName("INTx is signalled once, then after each unmask while still asserted")
    void intxIsALevel() throws Exception {
        ok(0x24, 0, 0, 1, a.fd());
        client.runHook(ASSERT_INTX);
        assertThat(a.drain()).isTrue();
        client.runHook(ASSERT_INTX);
        assertThat(a.drain()).as("masked by itself").isFalse();
        ok(0x11, 0, 0, 1);
        assertThat(a.drain()).as("still asserted").isTrue();
        client.runHook(DEASSERT_INTX);
        ok(0x11, 0, 0, 1);
        assertThat(a.drain()).isFalse();
        client.runHook(ASSERT_INTX);
        assertThat(a.drain()).isTrue();
    }

    @Test
    void intxAssertedBeforeItsEventfdCameIsDelivered() throws Exception {
        client.runHook(ASSERT_INTX);
        ok(0x24, 0, 0, 1, a.fd());
        assertThat(a.drain()).isTrue();
        ok(0x21, 0, 0, 0);
        ok(0x24, 0, 0, 1, b.fd());
        assertThat(b.drain()).isTrue();
    }

    @Test
    void intxCanBeMaskedByMessage() throws Exception {
        ok(0x24, 0, 0, 1, a.fd());
        ok(0x09, 0, 0, 1);
        client.runHook(ASSERT_INTX);
        assertThat(a.drain()).isFalse();
        assertThat(client.setIrqs(0x12, 0, 0, new byte[] {1}).errno()).isZero();
        assertThat(a.drain()).isTrue();
    }

    @Test
    void intxCanBeTestedByTheClient() throws Exception {
        ok(0x24, 0, 0, 1, a.fd());
        ok(0x21, 0, 0, 1);
        assertThat(a.drain()).isTrue();
    }

    @Test
    @DisplayName("KVM's resample eventfd counts as an unmask")
    void resampleEventfdUnmasks() throws Exception {
        ok(0x24, 0, 0, 1, a.fd());
        ok(0x14, 0, 0, 1, b.fd());
        client.runHook(ASSERT_INTX);
        assertThat(a.drain()).isTrue();
        b.signal();
        Poller poller = new Poller(1);
        poller.set(0, a.fd(), Poller.POLLIN);
        assertThat(poller.poll(10_000)).as("signalled again").isTrue();
        assertThat(a.drain()).isTrue();
        ok(0x14, 0, 0, 1); // taken away
        b.drain();
        b.signal();
        client.runHook(ASSERT_INTX);
        assertThat(b.drain()).as("nobody else reads it").isTrue();
    }

    @Test
    void errorAndRequestEventfdsAreKeptButNeverSignalled() throws Exception {
        ok(0x24, 3, 0, 1, a.fd());
        ok(0x24, 4, 0, 1, b.fd());
        ok(0x21, 3, 0, 1);
        ok(0x24, 3, 0, 1);
        ok(0x21, 4, 0, 0);
        ok(0x21, 1, 0, 0);
        ok(0x21, 3, 0, 0);
        client.call(Command.DEVICE_RESET, le(0));
        assertThat(a.drain()).isFalse();
        assertThat(b.drain()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0x20,2,0,1",
        "0x04,2,0,1",
        "0x25,2,0,1",
        "0x34,2,0,1",
        "0x64,2,0,1",
        "0x24,5,0,1",
        "0x24,-1,0,1",
        "0x24,2,4,1",
        "0x24,2,0,5",
        "0x24,2,-1,1",
        "0x24,2,1,-1",
        "0x24,1,0,1",
        "0x0c,2,0,1",
        "0x14,2,0,1",
        "0x24,2,0,2",
        "0x22,2,0,1"
    })
    void impossibleRequestsAreInvalidAndChangeNothing(String flags, int index, int start, int count) throws Exception {
        assertThat(client.setIrqs(Integer.decode(flags), index, start, count, a.fd())
                        .errno())
                .isEqualTo(Errno.EINVAL);
        client.runHook(0);
        assertThat(a.drain()).isFalse();
    }

    @Test
    @DisplayName("only eventfds are taken: a write to another file, or a look at it, may never end")
    void onlyEventfdsAreTaken() throws Exception {
        int zero = FileDescriptors.open(Path.of("/dev/zero"));
        int epoll = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        try (MemFd file = MemFd.create("anon_inode:[eventfd]", 8, false)) {
            for (int fd : new int[] {zero, epoll, file.fd()}) {
                for (int[] form : new int[][] {{0x24, 0}, {0x14, 0}, {0x24, 2}, {0x24, 3}, {0x24, 4}}) {
                    assertThat(client.setIrqs(form[0], form[1], 0, 1, fd).errno())
                            .as("descriptor %d, flags %x, index %d", fd, form[0], form[1])
                            .isEqualTo(Errno.EINVAL);
                }
                assertThat(client.setIrqs(0x24, 2, 0, 2, a.fd(), fd).errno()).isEqualTo(Errno.EINVAL);
                client.runHook(0);
                assertThat(a.drain()).as("nothing was changed").isFalse();
            }
        }
        FileDescriptors.close(zero);
        FileDescriptors.close(epoll);
    }

    @Test
    @DisplayName("an eventfd that is full, and made blocking by the client, does not block the device")
    void eventfdThatIsFullAndBlockingDoesNotBlockTheDevice() throws Exception {
        NativeBuffer most = new NativeBuffer(8);
        most.bytes().putLong(0, -2);
        for (EventFd eventFd : new EventFd[] {a, b}) {
            assertThat(LibC.write(eventFd.fd(), most.address(), 8)).isEqualTo(8);
        }
        ok(0x24, 2, 0, 1, a.fd());
        ok(0x24, 0, 0, 1, b.fd());
        assertThat(LibC.fcntl(a.fd(), LibC.F_SETFL, 0)).isZero();
        assertThat(LibC.fcntl(b.fd(), LibC.F_SETFL, 0)).isZero();
        client.runHook(0);
        client.runHook(ASSERT_INTX);
        ok(0x11, 0, 0, 1);
        assertThat(a.drain()).isTrue();
        assertThat(b.drain()).isTrue();
    }

    @Test
    void eventfdThatIsFullDoesNotBlockTheDevice() throws Exception {
        ok(0x24, 2, 0, 1, a.fd());
        NativeBuffer most = new NativeBuffer(8);
        most.bytes().putLong(0, -2);
        assertThat(LibC.write(a.fd(), most.address(), 8)).isEqualTo(8);
        client.runHook(0);
        assertThat(a.drain()).isTrue();
    }
}
