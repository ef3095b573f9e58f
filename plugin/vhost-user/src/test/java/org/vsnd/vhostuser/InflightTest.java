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
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.testing.Waiting;

/** A front end that keeps what the rings hold, as vhost-user.rst lays it out. */
class InflightTest {
    private static final int REGION_BYTES = 192; // 16 + 8 * 16, in whole 64 bytes
    private static final int DESC = 16;
    private static final int DESC_BYTES = 16;

    private RunningServer server;
    private TestClient machine;
    private TestClient client;
    private TestRing ring;
    private int buffer = -1;
    private MappedFile region;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        machine = TestClient.acknowledged(server.path);
        client = machine;
        client.setMemory();
        ByteBuffer reply = client.ask(
                TestClient.GET_INFLIGHT_FD, description(TestClient.le(20), 0, FakeDevice.QUEUES, TestRing.SIZE));
        buffer = client.takeFd();
        assertThat(reply.capacity()).isEqualTo(20);
        assertThat(reply.getLong(0)).isEqualTo(2 * REGION_BYTES);
        assertThat(reply.getLong(8)).isZero();
        region = MappedFile.map(buffer, 2 * REGION_BYTES, true);
        ring = new TestRing(client, 0, 0);
    }

    @AfterEach
    void end() {
        ring.close();
        region.close();
        FileDescriptors.close(buffer);
        client.close();
        machine.close();
        server.close();
    }

    private static ByteBuffer description(ByteBuffer into, long bytes, int queues, int size) {
        return into.putLong(0, bytes).putShort(16, (short) queues).putShort(18, (short) size);
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

    private void take(int... heads) throws Exception {
        int expected = server.device.taken + heads.length;
        ring.offer(heads);
        ring.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == expected);
    }

    /** The back end's process is gone, and another one is there: it knows what the front end and the rings say. */
    private void reconnect() throws Exception {
        client.closeConnection();
        TestClient next = TestClient.acknowledged(server.path);
        client = next;
        next.setMemory(machine.file);
        next.tell(
                TestClient.SET_INFLIGHT_FD,
                description(TestClient.le(24), 2 * REGION_BYTES, FakeDevice.QUEUES, TestRing.SIZE),
                buffer);
        ring.useFrom(next);
        assertThat(held()).isEmpty();
    }

    private int inflight(int head) {
        return region.window(0).get(DESC + DESC_BYTES * head);
    }

    @Test
    void theBufferSaysWhatIsHeld() throws Exception {
        ring.start(0);
        take(3, 1, 4);
        complete(1);

        assertThat(inflight(3)).isOne();
        assertThat(inflight(1)).isZero();
        assertThat(inflight(4)).isOne();
        assertThat(region.window(0).getShort(8)).isEqualTo((short) 1); // version
        assertThat(region.window(0).getShort(10)).isEqualTo((short) TestRing.SIZE);
        assertThat(region.window(0).getShort(14)).isEqualTo((short) 1); // used_idx
    }

    @Test
    void anotherLifeTakesWhatTheLastOneHeld() throws Exception {
        ring.start(0);
        take(0, 1, 2, 3);
        complete(2);
        complete(0);
        assertThat(ring.used()).containsExactly(2, 0);
        ring.offer(0);
        reconnect();
        ring.start(2); // the front end knows the used index only

        assertThat(held()).containsExactly(1, 3, 0);
        complete(1);
        complete(1);
        complete(0);
        assertThat(ring.used()).containsExactly(3, 0, 1);
        assertThat(client.stop(0)).isEqualTo(5);
    }

    @Test
    void aLifeThatEndedWithinACompletionHasCompletedItOnce() throws Exception {
        ring.start(0);
        take(0, 1, 2);
        complete(1);
        assertThat(ring.used()).containsExactly(1);
        region.window(0).put(DESC + DESC_BYTES, (byte) 1); // not yet noted
        region.window(0).putShort(14, (short) 0);
        reconnect();
        ring.start(1);

        assertThat(held()).containsExactly(0, 2);
    }

    @Test
    void aPauseIsNotForgotten() throws Exception {
        ring.start(0);
        take(0, 1, 2);
        complete(1);
        int base = client.stop(0);
        assertThat(base).isEqualTo(3);
        reconnect();
        ring.start(base);

        assertThat(held()).containsExactly(0, 2);
    }

    @Test
    void aPauseInOrderLeavesAllInTheRing() throws Exception {
        ring.start(0);
        take(0, 1, 2);
        complete(0);
        assertThat(client.stop(0)).isEqualTo(1);
        assertThat(inflight(1)).isZero();
        ring.start(1);

        assertThat(held()).containsExactly(1, 2);
    }

    @Test
    void aBufferOfAnotherRingIsForgotten() throws Exception {
        ring.start(0);
        take(0, 1);
        region.window(0).putShort(14, (short) 1000);
        reconnect();
        ring.start(0);

        assertThat(held()).containsExactly(0, 1);
        assertThat(region.window(0).getShort(14)).isZero();
    }

    @Test
    void aResetForgetsWhatWasHeld() throws Exception {
        ring.start(0);
        take(5, 6);
        client.tell(TestClient.RESET_DEVICE, TestClient.le(0));
        try (TestRing again = new TestRing(client, 0, 0)) {
            again.start(0);
            assertThat(held()).isEmpty();
        }
    }

    @Test
    void aDriverThatBeganAnewIsNotGivenTheLastLifesChains() throws Exception {
        ring.start(0);
        take(5, 6, 7);
        complete(1);
        client.stop(0);
        try (TestRing again = new TestRing(client, 0, 0)) {
            again.start(0);
            assertThat(held()).isEmpty();
        }
    }

    @Test
    void aBufferThatIsReplacedIsGivenBack() throws Exception {
        ring.start(0);
        take(1);
        client.stop(0);
        assertThat(region.window(0).getShort(8)).as("its version").isOne();
        client.ask(TestClient.GET_INFLIGHT_FD, description(TestClient.le(20), 0, 2, TestRing.SIZE));
        assertThat(region.window(0).getShort(8)).isZero();
    }

    @Test
    void aBufferMustFit() throws Exception {
        refused(TestClient.SET_INFLIGHT_FD, description(TestClient.le(20), 2 * REGION_BYTES - 1, 2, 8), buffer);
    }

    @Test
    void aBufferMustBeAFile() throws Exception {
        refused(TestClient.SET_INFLIGHT_FD, description(TestClient.le(20), 2 * REGION_BYTES, 2, 8), ring.kick.fd());
    }

    @Test
    void aBufferIsForRingsThatAreThere() throws Exception {
        refused(TestClient.GET_INFLIGHT_FD, description(TestClient.le(20), 0, 3, 8));
    }

    @Test
    void aBufferCannotChangeUnderARing() throws Exception {
        ring.start(0);
        refused(TestClient.GET_INFLIGHT_FD, description(TestClient.le(20), 0, 2, 8));
    }

    @Test
    void aRingCannotBeLargerThanTheBuffer() throws Exception {
        client.post(TestClient.GET_INFLIGHT_FD, description(TestClient.le(20), 0, 2, 4));
        client.receive(TestClient.GET_INFLIGHT_FD);
        ring.describe(0);
        client.setFd(TestClient.SET_VRING_KICK, 0, ring.kick);
        refused(TestClient.SET_VRING_ENABLE, TestClient.state(0, 1));
    }

    private void refused(int request, ByteBuffer payload, int... fds) throws ErrnoException {
        client.post(request, payload, fds);
        client.awaitDisconnect();
    }
}
