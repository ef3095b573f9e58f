// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.server.ServiceManager;
import org.vsnd.testing.Waiting;

/** The same front end, with the same connection, and one process after the other behind it. */
@DisplayName("A connection that outlives the process")
class KeptConnectionTest {
    private static final int QUEUES = 2;

    private Path folder;
    private Path state;
    private ManagerDouble manager;
    private RunningServer server;
    private TestClient client;
    private TestRing ring;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        state = folder.resolve("state");
        manager = new ManagerDouble(folder);
        server = new RunningServer(folder, state, manager.start());
        client = TestClient.acknowledged(server.path);
        client.setMemory();
        ring = new TestRing(client, 0, 0);
    }

    @AfterEach
    void end() {
        ring.close();
        client.close();
        server.close();
        manager.close();
    }

    private void restart() throws Exception {
        server.close();
        begin();
    }

    private void begin() throws Exception {
        server = new RunningServer(folder, state, manager.start());
    }

    private List<Integer> held() throws Exception {
        return server.ask(() -> server.device.heads(0));
    }

    private void take(int... heads) throws Exception {
        int expected = server.device.taken + heads.length;
        ring.offer(heads);
        ring.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == expected);
    }

    private void complete(int place) throws Exception {
        server.ask(() -> {
            server.device.complete(0, place);
            return true;
        });
    }

    private void awaitStored(int count) throws InterruptedException {
        Waiting.await(count + " descriptors in the store", () -> manager.count() == count);
    }

    /** Changes what the process that is gone has written down. */
    private void record(UnaryOperator<KeptMessages.Decoded> change) throws Exception {
        KeptState file = new KeptState(state, QUEUES, VhostTransport.SIZE_MAX, false);
        try {
            KeptMessages.Decoded changed =
                    change.apply(KeptMessages.decode(file.connection().read()));
            file.connection().write(changed.messages().encode(changed.connection(), changed.underWay()));
        } finally {
            file.close();
        }
    }

    @SuppressWarnings("ByteBufferBackingArray") // made by allocate, whole
    private void underWay(int request, ByteBuffer payload) throws Exception {
        record(kept -> new KeptMessages.Decoded(
                kept.connection(),
                new KeptMessages.Kept(
                        VhostUserHeader.message(VhostUserRequest.of(request), payload.array()), new int[0]),
                kept.messages()));
    }

    @Test
    void ringsGoOnAndMessagesAreAnswered() throws Exception {
        ring.start(0);
        take(0, 1, 2, 3);
        complete(1);
        for (int i = 0; i < 3; i++) {
            restart();
            assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
            assertThat(held()).containsExactly(0, 2, 3);
        }
        ring.awaitCall();
        take(4);
        complete(0);
        assertThat(ring.used()).containsExactly(1, 0);
        awaitStored(4); // the connection, the memory, a kick and a call
    }

    /** Another server and client, whose device has packed rings. */
    private void beginPacked() throws Exception {
        client.close();
        server.close();
        Files.delete(state);
        server = RunningServer.packed(folder, state, manager.start());
        client = TestClient.acknowledged(server.path);
        client.setMemory();
    }

    @Test
    void packedRingsGoOnWithWhatOnlyTheRecordKnows() throws Exception {
        beginPacked();
        try (PackedTestRing packed = new PackedTestRing(client, 0)) {
            packed.start(PackedTestRing.BEGIN);
            for (int i = 0; i < 4; i++) {
                int taken = server.device.taken;
                packed.offerList(1, 3);
                packed.offer(2, 3);
                packed.kick.signal();
                Waiting.await("the lists", () -> server.device.taken == taken + 3);
                complete(1);
                server.close();
                if (i % 2 == 0) {
                    Files.delete(ParkedState.beside(state)); // as after a kill
                }
                server = RunningServer.packed(folder, state, manager.start());
                assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
                assertThat(held()).containsExactly(1, 3);
                complete(1);
                complete(0);
                assertThat(packed.used()).containsExactly(2, 3, 1);
            }
            awaitStored(4);
        }
    }

    @Test
    void aPackedRingIsWhereTheLastProcessHasLeftItEvenIfItIsOnlyStopped() throws Exception {
        beginPacked();
        try (PackedTestRing packed = new PackedTestRing(client, 0)) {
            packed.start(PackedTestRing.BEGIN);
            packed.offer(1, 2);
            packed.kick.signal();
            Waiting.await("the lists", () -> server.device.taken == 2);
            complete(0);
            packed.enable(0);
            server.close();
            server = RunningServer.packed(folder, state, manager.start());
            assertThat(client.stop(0)).isEqualTo(PackedTestRing.base(1, 1));
        }
    }

    @Test
    void aReplacedDescriptorIsRemovedAndOneThatComesTwiceIsStoredOnce() throws Exception {
        ring.start(0);
        awaitStored(4);
        client.setFd(TestClient.SET_VRING_CALL, 1, ring.call);
        client.setFd(TestClient.SET_VRING_ERR, 0, ring.call);
        awaitStored(4);
        client.setFd(TestClient.SET_VRING_CALL, 0, ring.kick);
        client.setFd(TestClient.SET_VRING_CALL, 1, ring.kick);
        client.setFd(TestClient.SET_VRING_ERR, 0, ring.kick);
        awaitStored(3);
        client.tell(TestClient.SET_VRING_ERR, TestClient.u64(TestClient.NO_FD));
        client.setMemory();
        restart();
        assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        awaitStored(3);
    }

    @Test
    void aStoppedRingStaysStopped() throws Exception {
        ring.start(0);
        take(0, 1);
        complete(0);
        assertThat(client.ask(TestClient.GET_VRING_BASE, TestClient.state(0, 0)).getInt(4))
                .isOne();
        restart();
        assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        assertThat(held()).isEmpty();
        ring.start(1);
        assertThat(held()).containsExactly(1);
    }

    @Test
    void aResetIsKept() throws Exception {
        ring.start(0);
        take(0, 1);
        client.tell(TestClient.RESET_DEVICE, TestClient.le(0));
        restart();
        try (TestRing fresh = new TestRing(client, 0, 0)) {
            fresh.start(0);
            assertThat(held()).isEmpty();
        }
        client.tell(TestClient.SET_STATUS, TestClient.u64(4));
        restart();
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isEqualTo(4);
        client.tell(TestClient.SET_STATUS, TestClient.u64(0));
        restart();
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isZero();
        assertThat(held()).isEmpty();
    }

    @Test
    void memoryComesAndGoes() throws Exception {
        ByteBuffer region = TestClient.region(TestClient.le(40), 8, 0x100_0000, 0x1000, 0x10_0000, 0x2000);
        client.tell(TestClient.ADD_MEM_REG, region, client.file.fd());
        awaitStored(2); // the same file
        restart();
        assertThat(client.result(TestClient.ADD_MEM_REG, region, client.file.fd()))
                .as("it is there")
                .isNotZero();
    }

    @Test
    void removedMemoryStaysRemoved() throws Exception {
        ByteBuffer region = TestClient.region(TestClient.le(40), 8, 0x100_0000, 0x1000, 0x10_0000, 0x2000);
        client.tell(TestClient.ADD_MEM_REG, region, client.file.fd());
        client.tell(TestClient.REM_MEM_REG, region, client.file.fd());
        restart();
        client.tell(TestClient.ADD_MEM_REG, region, client.file.fd());
    }

    @Test
    void theInflightBufferOfTheFrontEndIsKept() throws Exception {
        ByteBuffer shape = TestClient.le(20).putShort(16, (short) QUEUES).putShort(18, (short) TestRing.SIZE);
        client.ask(TestClient.GET_INFLIGHT_FD, shape);
        awaitStored(3);
        ring.start(0);
        take(0, 1, 2);
        complete(1);
        restart();
        assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        assertThat(held()).containsExactly(0, 2);
    }

    @Test
    void aRequestThatWasTakenAndNotAnsweredIsAnswered() throws Exception {
        server.close();
        underWay(TestClient.GET_QUEUE_NUM, TestClient.le(0));
        begin();
        assertThat(client.receive(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isZero();
    }

    @Test
    void aRequestThatIsStillInTheSocketIsAnsweredOnce() throws Exception {
        server.close();
        client.post(TestClient.GET_QUEUE_NUM, TestClient.le(0));
        underWay(TestClient.GET_QUEUE_NUM, TestClient.le(0));
        begin();
        assertThat(client.receive(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isZero();
    }

    @Test
    void aRequestThatWasAnsweredIsNotAnsweredAgain() throws Exception {
        server.close();
        client.post(TestClient.GET_STATUS, TestClient.le(0)); // the front end has gone on
        underWay(TestClient.GET_QUEUE_NUM, TestClient.le(0));
        begin();
        assertThat(client.receive(TestClient.GET_STATUS).getLong(0)).isZero();
    }

    @Test
    void halfAMessageWaitsForTheOtherHalf() throws Exception {
        server.close();
        client.sendBytes(TestClient.le(7).putInt(0, TestClient.GET_QUEUE_NUM).array());
        begin();
        Thread.sleep(30);
        restart();
        client.sendBytes(new byte[] {0, 0, 0, 0, 0});
        client.awaitDisconnect(); // its version is 0
        awaitStored(0);
    }

    @Test
    void messagesThatWaitTogetherKeepTheirDescriptors() throws Exception {
        server.close();
        client.post(TestClient.SET_VRING_NUM, TestClient.state(0, TestRing.SIZE));
        client.post(TestClient.SET_VRING_CALL, TestClient.u64(0), ring.call.fd());
        client.post(TestClient.SET_VRING_NUM, TestClient.state(1, TestRing.SIZE));
        client.post(TestClient.SET_VRING_CALL, TestClient.u64(1), ring.kick.fd());
        begin();
        assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        awaitStored(4);
    }

    @Test
    void aMessageWithoutItsDescriptorDoesNotGetTheNextOnes() throws Exception {
        server.close();
        client.post(TestClient.SET_VRING_CALL, TestClient.u64(0));
        client.post(TestClient.SET_VRING_CALL, TestClient.u64(1), ring.kick.fd());
        begin();
        client.awaitDisconnect();
        awaitStored(0);
    }

    @Test
    void aFrontEndThatLeavesTakesEverythingWithIt() throws Exception {
        ring.start(0);
        client.closeConnection();
        awaitStored(0);
        restart();
        try (TestClient next = TestClient.acknowledged(server.path)) {
            assertThat(next.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        }
    }

    @Test
    void aFrontEndThatLeavesBetweenTwoProcessesTakesEverythingWithIt() throws Exception {
        ring.start(0);
        take(0);
        server.close();
        client.closeConnection();
        begin();
        awaitStored(0);
        try (TestClient next = TestClient.acknowledged(server.path)) {
            assertThat(next.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(QUEUES);
        }
    }

    @Test
    void aStoreThatWasFullEndsTheConnection() throws Exception {
        awaitStored(2);
        manager.most = 3;
        ring.start(0);
        restart();
        client.awaitDisconnect();
        awaitStored(0);
    }

    @Test
    void aTransferOfTheStateIsAnsweredByTheNextProcessToo() throws Exception {
        server.close();
        underWay(TestClient.SET_DEVICE_STATE_FD, TestClient.state(0, 0)); // its descriptor is not kept
        begin();
        assertThat(client.receive(TestClient.SET_DEVICE_STATE_FD).getLong(0)).isZero();
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isZero();
    }

    @Test
    void aCardThatStoresTooMuchIsNotKept() throws Exception {
        awaitStored(2);
        for (int i = 0; i < VhostKeeper.MOST_STORED; i++) {
            try (MemFd file = MemFd.create("more", 0x1000, true)) {
                ByteBuffer region = TestClient.region(
                        TestClient.le(40), 8, 0x100_0000 + 0x1000L * i, 0x1000, 0x10_0000 + 0x1000L * i, 0);
                client.tell(TestClient.ADD_MEM_REG, region, file.fd());
            }
        }
        assertThat(client.ask(TestClient.GET_STATUS).getLong(0)).isZero();
        awaitStored(0);
    }

    @Test
    void aRecordThatIsDamagedEndsTheConnection() throws Exception {
        server.close();
        KeptState file = new KeptState(state, QUEUES, VhostTransport.SIZE_MAX, false);
        file.connection().write(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1});
        file.close();
        begin();
        client.awaitDisconnect();
        awaitStored(0);
    }

    @Test
    void aStateFileThatIsGoneLeavesDescriptorsThatNobodyKnows() throws Exception {
        server.close();
        Files.delete(state);
        ServiceManager found = manager.start();
        server = new RunningServer(folder, state, found);
        found.ready();
        client.awaitDisconnect();
        awaitStored(0);
    }
}
