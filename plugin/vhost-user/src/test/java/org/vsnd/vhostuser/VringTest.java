// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.EventFd;
import org.vsnd.testing.Waiting;

class VringTest {
    private RunningServer server;
    private TestClient client;
    private TestRing ring;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        client = TestClient.acknowledged(server.path);
        client.setMemory();
        ring = new TestRing(client, 0, 0);
    }

    @AfterEach
    void end() {
        ring.close();
        client.close();
        server.close();
    }

    private List<Integer> held() throws Exception {
        return server.ask(() -> server.device.heads(0));
    }

    private void complete(int place) throws Exception {
        server.ask(() -> {
            server.device.complete(0, place);
            return true;
        });
    }

    @Test
    void whatIsThereIsTakenAtTheStart() throws Exception {
        ring.offer(3, 1);
        ring.start(0);

        assertThat(held()).containsExactly(3, 1);
        assertThat(server.device.starts).isOne();
        assertThat(server.device.features).isEqualTo(1L << 32 | 1L << 29 | 1L << 28 | 2);
    }

    @Test
    void aKickIsServedAndACompletionCalls() throws Exception {
        ring.start(0);
        ring.offer(5);
        ring.kick.signal();
        Waiting.await("the chain", () -> server.device.taken == 1);
        complete(0);

        ring.awaitCall();
        assertThat(ring.used()).containsExactly(5);
    }

    @Test
    void aDisabledRingIsNotServed() throws Exception {
        ring.offer(1);
        ring.describe(0);
        client.setFd(TestClient.SET_VRING_KICK, 0, ring.kick);
        ring.kick.signal();
        assertThat(held()).isEmpty();
        ring.enable(1);

        assertThat(held()).containsExactly(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 32767, 32768, 65530, 65535})
    void aRingBeginsAnywhereAndGoesOnThere(int begin) throws Exception {
        TestRing other = new TestRing(client, 1, begin);
        other.start(begin);
        other.offer(0, 1, 2, 3, 4, 5, 6, 7);
        other.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == 8);
        for (int i = 0; i < 3; i++) {
            server.ask(() -> {
                server.device.complete(1, 0);
                return true;
            });
        }
        int base = client.stop(1);

        assertThat(base).isEqualTo((begin + 3) & 0xffff);
        assertThat(other.used()).containsExactly(0, 1, 2);
        assertThat(server.ask(() -> server.device.heads(1))).isEmpty();
        other.start(base);
        assertThat(server.ask(() -> server.device.heads(1))).containsExactly(3, 4, 5, 6, 7);
        other.close();
    }

    @Test
    void whatWasTakenOutOfOrderIsTakenAgain() throws Exception {
        ring.start(0);
        ring.offer(0, 1, 2, 3);
        ring.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == 4);
        complete(2);
        complete(1);
        assertThat(ring.used()).containsExactly(2, 1);
        ring.offer(2);
        int base = client.stop(0);

        assertThat(base).isEqualTo(4);
        ring.start(base);
        assertThat(held()).containsExactly(0, 3, 2);
        complete(1);
        complete(0);
        complete(0);
        assertThat(ring.used()).containsExactly(3, 0, 2);
        assertThat(client.stop(0)).isEqualTo(5);
    }

    @Test
    void aStopBeforeAllIsTakenAgainForgetsNone() throws Exception {
        ring.start(0);
        ring.offer(0, 1, 2);
        ring.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == 3);
        complete(1);
        int base = client.stop(0);
        ring.start(base);
        base = client.stop(0);
        ring.start(base);

        assertThat(held()).containsExactly(0, 2);
    }

    @Test
    void aRingWithoutAKickIsPolled() throws Exception {
        ring.describe(0);
        ring.enable(1);
        client.tell(TestClient.SET_VRING_KICK, TestClient.u64(TestClient.NO_FD));
        ring.offer(4);
        Waiting.await("the chain", () -> server.device.taken == 1);
        ring.offer(6);
        Waiting.await("the next chain", () -> server.device.taken == 2);
        client.setFd(TestClient.SET_VRING_KICK, 0, ring.kick);
        ring.offer(7);
        ring.kick.signal();

        Waiting.await("the last chain", () -> server.device.taken == 3);
    }

    @Test
    void aCallThatCameWithoutADescriptorIsMadeLater() throws Exception {
        ring.start(0);
        client.tell(TestClient.SET_VRING_CALL, TestClient.u64(TestClient.NO_FD));
        ring.offer(1);
        ring.kick.signal();
        Waiting.await("the chain", () -> server.device.taken == 1);
        complete(0);
        ring.assertNoCall();
        client.setFd(TestClient.SET_VRING_CALL, 0, ring.call);
        ring.awaitCall();
        client.setFd(TestClient.SET_VRING_CALL, 0, ring.call);

        ring.assertNoCall();
    }

    @Test
    void aRingThatGoesOnCallsOnceSinceItsLastCallMayBeLost() throws Exception {
        TestRing other = new TestRing(client, 1, 9);
        other.start(9);

        other.awaitCall();
        other.close();
    }

    @Test
    void aBreakOfTheRulesIsTold() throws Exception {
        try (EventFd err = EventFd.create()) {
            client.setFd(TestClient.SET_VRING_ERR, 0, err);
            ring.start(0);
            ring.offer(9);
            ring.kick.signal();
            Waiting.await("the error", err::drain);
            ring.offer(1);
            ring.kick.signal();
            assertThat(held()).isEmpty();
            client.tell(TestClient.RESET_DEVICE, TestClient.le(0));
            TestRing again = new TestRing(client, 0, 0);
            again.start(0);
            again.offer(1);
            again.kick.signal();
            Waiting.await("the chain", () -> server.device.taken == 1);
            again.close();
        }
    }

    @Test
    void aRingThatBeginsElsewhereIsANewLife() throws Exception {
        ring.start(0);
        ring.offer(0, 1);
        ring.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == 2);
        complete(0);
        assertThat(client.stop(0)).isEqualTo(1);
        try (TestRing again = new TestRing(client, 0, 0)) {
            again.start(0);
        }
        assertThat(server.device.restores).isZero();
        assertThat(server.device.starts).isEqualTo(2);
    }

    @Test
    void aResetForgetsRingsAndStatus() throws Exception {
        client.tell(TestClient.SET_STATUS, TestClient.u64(0x1_0f));
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isEqualTo(0xf);
        ring.start(0);
        ring.offer(1);
        ring.kick.signal();
        Waiting.await("the chain", () -> server.device.taken == 1);
        client.tell(TestClient.SET_STATUS, TestClient.u64(0));

        assertThat(server.device.resets).isOne();
        assertThat(held()).isEmpty();
        assertThat(client.stop(0)).isZero();
    }

    @Test
    void theNextFrontEndFindsNothingOfTheLast() throws Exception {
        ring.start(0);
        ring.offer(1);
        ring.kick.signal();
        Waiting.await("the chain", () -> server.device.taken == 1);
        client.close();
        client = TestClient.acknowledged(server.path);

        assertThat(server.device.resets).isPositive();
        assertThat(held()).isEmpty();
        assertThat(client.stop(0)).isZero();
    }

    @Test
    void aRingThatRunsCannotBeChanged() throws Exception {
        ring.start(0);
        client.tell(TestClient.SET_VRING_ADDR, ring.addr());
        refused(TestClient.SET_VRING_NUM, TestClient.state(0, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 2048, -1})
    void aSizeMustBePossible(int num) throws Exception {
        refused(TestClient.SET_VRING_NUM, TestClient.state(0, num));
    }

    @Test
    void aBaseMustBePossible() throws Exception {
        refused(TestClient.SET_VRING_BASE, TestClient.state(0, 65536));
    }

    @Test
    void aRingMustExist() throws Exception {
        refused(TestClient.SET_VRING_NUM, TestClient.state(2, 8));
    }

    @Test
    void aRingMustBeInTheMemory() throws Exception {
        client.tell(TestClient.SET_VRING_ADDR, TestClient.le(40));
        refused(TestClient.SET_VRING_KICK, TestClient.u64(TestClient.NO_FD), true);
    }

    @Test
    void aRingMustBeAligned() throws Exception {
        client.tell(TestClient.SET_VRING_ADDR, ring.addr().putLong(8, TestClient.USER + 8));
        refused(TestClient.SET_VRING_KICK, TestClient.u64(TestClient.NO_FD), true);
    }

    @Test
    void aKickMustBeAnEventfd() throws Exception {
        client.post(TestClient.SET_VRING_KICK, TestClient.u64(0), client.file.fd());
        client.awaitDisconnect();
    }

    private void refused(int request, ByteBuffer payload) throws ErrnoException {
        refused(request, payload, false);
    }

    private void refused(int request, ByteBuffer payload, boolean enable) throws ErrnoException {
        client.post(request, payload);
        if (enable) {
            client.post(TestClient.SET_VRING_ENABLE, TestClient.state(0, 1));
        }
        client.awaitDisconnect();
    }
}
