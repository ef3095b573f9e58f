// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.MemFd;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.server.ServiceManager;
import org.vsnd.testing.Waiting;

/** Lives of packed rings that follow each other, in this process and in others. */
class PackedVringTest extends ServedRing {
    private static final int BEGIN = PackedTestRing.BEGIN;
    private static final int ROOM = 1 << 20;
    private static final int REGION_BYTES = 320; // 32 + 8 * 32, in whole 64 bytes

    @Override
    RunningServer newServer() throws Exception {
        return RunningServer.packed(folder, state, ServiceManager.NONE);
    }

    @Override
    PackedTestRing newRing() throws Exception {
        return new PackedTestRing(machine, 0);
    }

    private PackedTestRing packed() {
        return (PackedTestRing) ring;
    }

    private static int base(int avail, int used) {
        return PackedTestRing.base(avail, used);
    }

    /** Offers a list, and waits until the device has it. */
    private void takeList(int id, int descriptors) throws Exception {
        int expected = server.device.taken + 1;
        packed().offerList(id, descriptors);
        ring.kick.signal();
        Waiting.await("the list", () -> server.device.taken == expected);
    }

    /** Single lists go through the ring. */
    private void pass(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            take(0);
            complete(0);
            assertThat(ring.used()).containsExactly(0);
        }
    }

    private void connect() throws Exception {
        client = TestClient.acknowledged(server.path);
        client.setMemory(machine.file);
        ring.useFrom(client);
    }

    /** The process is killed, and another one is there: nothing but the state file is left. */
    private void kill() throws Exception {
        byte[] kept = Files.readAllBytes(state);
        client.closeConnection();
        server.close();
        Files.deleteIfExists(ParkedState.beside(state));
        Files.write(state, kept);
        server = newServer();
        connect();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16})
    void aRingGoesOnWhereItsLastLifeEndedWhereverThatIs(int before) throws Exception {
        ring.start(BEGIN);
        pass(before);
        takeList(4, 3);
        takeList(1, 1);
        takeList(6, 2);
        complete(0);
        int life = client.stop(0);

        assertThat(life).as("in order, so the rest is taken again").isEqualTo(base(before + 3, before + 3));
        assertThat(ring.used()).containsExactly(4);
        ring.start(life);
        assertThat(server.device.restores).isOne();
        assertThat(held()).containsExactly(1, 6);
        complete(1);
        complete(0);
        assertThat(ring.used()).containsExactly(6, 1);
        take(2);
        complete(0);
        assertThat(ring.used()).containsExactly(2);
        assertThat(client.stop(0)).isEqualTo(base(before + 7, before + 7));
    }

    @Test
    void whatIsHeldOutOfOrderIsNotInTheRingButInTheRecord() throws Exception {
        ring.start(BEGIN);
        takeList(4, 3);
        take(1, 2);
        complete(1);
        assertThat(ring.used()).containsExactly(1); // where the first list's first descriptor was
        int life = client.stop(0);
        assertThat(life).isEqualTo(base(5, 1));
        ring.start(life);

        assertThat(held()).containsExactly(4, 2);
        assertThat(server.device.restores).isOne();
        complete(0);
        complete(0);
        assertThat(ring.used()).containsExactly(4, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 6, 11, 14})
    void aProcessThatWasKilledIsFollowedByAnotherThatTakesTheRestAgain(int before) throws Exception {
        ring.start(BEGIN);
        pass(before);
        takeList(4, 3);
        take(1, 2);
        server.ask(() -> {
            server.device.setting(17);
            return true;
        });
        complete(1);
        assertThat(ring.used()).containsExactly(1);
        for (int i = 0; i < 3; i++) {
            kill();
            ring.start(BEGIN); // the front end knows nothing else
            assertThat(held()).containsExactly(4, 2);
            assertThat(server.device.setting).isEqualTo(17);
        }
        ring.awaitCall();
        complete(0);
        take(5);
        complete(0);
        complete(0);
        assertThat(ring.used()).containsExactly(4, 2, 5);
        assertThat(client.stop(0)).isEqualTo(base(before + 6, before + 6));
    }

    @Test
    void aDriverThatBeginsAnewFindsNothing() throws Exception {
        ring.start(BEGIN);
        pass(3);
        take(1, 2);
        server.ask(() -> {
            server.device.setting(17);
            return true;
        });
        complete(1);
        kill();
        ring.close();
        ring = newRing();
        ring.useFrom(client);
        ring.offer(5);
        ring.start(BEGIN);

        assertThat(held()).containsExactly(5);
        assertThat(server.device.setting).isZero();
        complete(0);
        assertThat(ring.used()).containsExactly(5);
    }

    @Test
    void aDriverThatBeginsAnewInTheSameConnectionFindsNothing() throws Exception {
        ring.start(BEGIN);
        pass(3);
        take(1, 2);
        complete(1);
        client.stop(0);
        ring.close();
        ring = newRing();
        ring.start(BEGIN);
        assertThat(held()).isEmpty();
        take(5);
        client.tell(TestClient.RESET_DEVICE, TestClient.le(0));
        ring.close();
        ring = newRing();
        ring.offer(6);
        ring.start(BEGIN);
        assertThat(held()).containsExactly(6);
        kill();
        ring.start(BEGIN);
        assertThat(held()).containsExactly(6);
    }

    @Test
    void aRingWithOtherListsIsTakenAnew() throws Exception {
        ring.start(BEGIN);
        take(1, 2);
        int life = client.stop(0);
        client.ram().putInt(16 + 8, 15); // another length of the second
        ring.start(life);

        assertThat(server.device.restores).isZero();
        assertThat(held()).containsExactly(1, 2);
    }

    @Test
    void aBackEndThatSaysNothingOfUseIsFollowedWhereItTakesNext() throws Exception {
        ring.offer(1, 2, 3);
        ring.start(base(1, 0) & 0xffff);

        assertThat(held()).containsExactly(2, 3);
        complete(0);
        assertThat(client.stop(0)).isEqualTo(base(2, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 8, 13, 16})
    void aFrontEndMayKeepTheLowerHalfOfABase(int before) throws Exception {
        ring.start(BEGIN & 0xffff);
        pass(before);
        take(1, 2);
        int life = client.stop(0);
        assertThat(life).isEqualTo(base(before, before));
        ring.start(life & 0xffff);
        assertThat(server.device.restores).as("it goes on").isOne();
        assertThat(held()).containsExactly(1, 2);
        life = client.stop(0);
        forgetEverything();
        ring.start(life & 0xffff);

        assertThat(held()).containsExactly(1, 2);
        complete(0);
        assertThat(ring.used()).containsExactly(1);
    }

    /** Another process is there, and not even the state file is left. */
    private void forgetEverything() throws Exception {
        client.closeConnection();
        server.close();
        Files.deleteIfExists(ParkedState.beside(state));
        Files.delete(state);
        server = newServer();
        connect();
    }

    @Test
    void ringsThatStartOneAfterTheOtherAreJudgedByThemselves() throws Exception {
        try (PackedTestRing second = new PackedTestRing(machine, 1)) {
            ring.start(BEGIN);
            second.start(BEGIN);
            second.offerList(4, 3);
            second.offer(1, 2);
            second.kick.signal();
            Waiting.await("the lists", () -> server.device.taken == 3);
            server.ask(() -> {
                server.device.complete(1, 1);
                return true;
            });
            assertThat(second.used()).containsExactly(1);
            kill();
            second.useFrom(client);
            ring.start(BEGIN); // it has not been used
            second.start(BEGIN);
            assertThat(heldBySecond()).containsExactly(4, 2);
        }
    }

    @Test
    void aRingOfADriverThatBeganAnewIsNotTakenForTheOneOfTheRecord() throws Exception {
        try (PackedTestRing second = new PackedTestRing(machine, 1)) {
            ring.start(BEGIN);
            second.start(BEGIN);
            second.offer(1, 2);
            second.kick.signal();
            Waiting.await("the lists", () -> server.device.taken == 2);
        }
        kill();
        try (PackedTestRing second = new PackedTestRing(machine, 1)) {
            second.useFrom(client);
            second.offer(5);
            ring.start(BEGIN);
            second.start(BEGIN);
            assertThat(heldBySecond()).containsExactly(5);
        }
    }

    private List<Integer> heldBySecond() throws Exception {
        return server.ask(() -> server.device.heads(1));
    }

    @Test
    void anInterruptMayBeOwedAtAnyPlace() throws Exception {
        ring.start(BEGIN);
        pass(16);
        kill();
        ring.call.drain();
        ring.start(BEGIN);
        ring.awaitCall();
    }

    /** The described ring: the client is dropped when it starts it. */
    private void assertCannotStart() throws Exception {
        client.post(TestClient.SET_VRING_KICK, TestClient.u64(0), ring.kick.fd());
        client.post(TestClient.SET_VRING_ENABLE, TestClient.state(0, 1));
        client.awaitDisconnect();
    }

    @Test
    void aSizeThatTheOtherFormatCannotHaveIsRefused() throws Exception {
        long features = client.ask(TestClient.GET_FEATURES).getLong(0);
        ring.describe(BEGIN);
        client.tell(TestClient.SET_VRING_NUM, TestClient.state(0, 6));
        client.tell(TestClient.SET_FEATURES, TestClient.u64(features & ~(1L << 34)));
        client.tell(TestClient.SET_VRING_BASE, TestClient.state(0, 0));
        assertCannotStart();
        assertThat(server.log.lines()).anyMatch(line -> line.contains("cannot have 6 descriptors"));
    }

    @Test
    void aFrontEndThatKnowsNothingOfWrapCountersBeginsWithZero() throws Exception {
        ring.offer(1);
        ring.start(0);

        assertThat(held()).containsExactly(1);
        complete(0);
        assertThat(ring.used()).containsExactly(1);
        pass(7);
        assertThat(client.stop(0)).as("the first round has ended").isZero();
        ring.start(0);
        pass(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x8008_8008, 0x7fff_7fff, -1})
    void aPlaceMustBeInTheRing(int impossible) throws Exception {
        ring.describe(impossible);
        assertCannotStart();
    }

    @Test
    void aRingOfAnySizeWithoutAKickIsPolled() throws Exception {
        ring.describe(BEGIN);
        client.tell(TestClient.SET_VRING_NUM, TestClient.state(0, 7));
        ring.enable(1);
        client.tell(TestClient.SET_VRING_KICK, TestClient.u64(TestClient.NO_FD));
        ring.offer(4);
        Waiting.await("the list", () -> server.device.taken == 1);
        ring.offer(6);
        Waiting.await("the next list", () -> server.device.taken == 2);
    }

    /** The front end keeps the record, and its new connection finds another process. */
    @Test
    void aFrontEndKeepsWhatIsHeld() throws Exception {
        ByteBuffer shape = TestClient.le(20).putShort(16, (short) 1).putShort(18, (short) DriverRing.SIZE);
        ByteBuffer reply = client.ask(TestClient.GET_INFLIGHT_FD, shape);
        int buffer = client.takeFd();
        assertThat(reply.getLong(0)).isEqualTo(REGION_BYTES);
        ring.start(BEGIN);
        pass(2);
        takeList(4, 3);
        take(1, 2);
        complete(1);
        ring.used();
        client.closeConnection();
        server.close();
        Files.delete(ParkedState.beside(state));
        Files.delete(state);
        server = newServer();
        connect();
        client.tell(TestClient.SET_INFLIGHT_FD, reply, buffer);
        FileDescriptors.close(buffer);
        ring.start(BEGIN);

        assertThat(held()).containsExactly(4, 2);
        int life = client.stop(0);
        assertThat(life).isEqualTo(base(7, 3));
        ring.start(life);
        assertThat(held()).containsExactly(4, 2);
    }

    @Test
    void aBufferForRingsOfTheOtherFormatIsRefused() throws Exception {
        long features = client.ask(TestClient.GET_FEATURES).getLong(0);
        client.tell(TestClient.SET_FEATURES, TestClient.u64(features & ~(1L << 34)));
        ByteBuffer shape = TestClient.le(20).putShort(16, (short) 1).putShort(18, (short) DriverRing.SIZE);
        client.ask(TestClient.GET_INFLIGHT_FD, shape);
        client.tell(TestClient.SET_FEATURES, TestClient.u64(features));
        ring.describe(BEGIN);
        assertCannotStart();
        assertThat(server.log.lines()).anyMatch(line -> line.contains("of the other format"));
    }

    @Test
    void aStateFileOfACardWithoutThemGrowsAndServesBoth() throws Exception {
        client.closeConnection();
        server.close();
        Files.delete(state);
        server = new RunningServer(folder, state);
        long size = Files.size(state);
        server.close();
        server = newServer();
        assertThat(Files.size(state)).isEqualTo(size + 2 * (32 + 32 * 1024 + 32));
        server.close();
        server = new RunningServer(folder, state);
        connect();
    }

    @Test
    void theDescriptorsAreLoggedAsTheUsedRing() throws Exception {
        int bytes = 64;
        try (MemFd file = MemFd.create("log", bytes, true);
                MappedFile log = MappedFile.map(file.fd(), bytes, true)) {
            assertThat(client.ask(TestClient.SET_LOG_BASE, TestClient.le(16).putLong(0, bytes), file.fd())
                            .getLong(0))
                    .isZero();
            long features = client.ask(TestClient.GET_FEATURES).getLong(0);
            ring.start(BEGIN);
            pass(1);
            client.tell(TestClient.SET_FEATURES, TestClient.u64(features));
            log.window(0).putLong(32, 0);
            pass(1);
            assertThat(log.window(0).get(32)).as("page 0x100").isOne();
            client.tell(TestClient.SET_FEATURES, TestClient.u64(features & ~TestClient.F_LOG_ALL));
            log.window(0).putLong(32, 0);
            pass(1);
            assertThat(log.window(0).get(32)).isZero();
            ByteBuffer logged = ring.addr().putInt(4, 1).putLong(32, 7L << 12);
            client.tell(TestClient.SET_VRING_ADDR, logged);
            log.window(0).putLong(32, 0).put(0, (byte) 0);
            pass(1);
            assertThat(log.window(0).get(32)).as("the descriptors").isOne();
            assertThat(log.window(0).get(0)).as("the device area, page 7").isEqualTo((byte) 0x80);
        }
    }

    @Test
    void anotherServerGoesOnWithTheState() throws Exception {
        ring.start(BEGIN);
        pass(6);
        takeList(4, 3);
        take(5, 2);
        complete(1);
        ring.used();
        int life = client.stop(0);
        byte[] saved = save();
        client.closeConnection();
        server.close();
        Files.delete(ParkedState.beside(state));
        Files.delete(state);
        server = newServer();
        connect();
        assertThat(load(saved)).isZero();
        ring.start(life);

        assertThat(server.device.taken).as("none is taken again").isZero();
        assertThat(held()).containsExactly(4, 2);
        kill(); // the lists are kept there as well
        ring.start(life);
        assertThat(held()).containsExactly(4, 2);
        complete(1);
        complete(0);
        assertThat(ring.used()).containsExactly(2, 4);
    }

    @Test
    void aCardWithoutPackedRingsRefusesTheState(@TempDir Path other) throws Exception {
        ring.start(BEGIN);
        take(1);
        client.stop(0);
        byte[] saved = save();
        client.closeConnection();
        server.close();
        server = new RunningServer(other);
        client = TestClient.acknowledged(server.path);

        assertThat(load(saved)).isEqualTo(1);
        assertThat(server.log.lines()).anyMatch(line -> line.contains("virtio=packed"));
    }

    private byte[] save() throws Exception {
        int fd = channel(0);
        NativeBuffer buffer = new NativeBuffer(ROOM);
        byte[] saved = new byte[(int) LibC.read(fd, buffer.address(), ROOM)];
        buffer.bytes().get(0, saved);
        FileDescriptors.close(fd);
        assertThat(client.ask(TestClient.CHECK_DEVICE_STATE).getLong(0)).isZero();
        return saved;
    }

    private long load(byte[] bytes) throws Exception {
        int fd = channel(1);
        NativeBuffer buffer = new NativeBuffer(bytes.length);
        buffer.bytes().put(0, bytes);
        assertThat(LibC.write(fd, buffer.address(), bytes.length)).isEqualTo(bytes.length);
        FileDescriptors.close(fd);
        return client.ask(TestClient.CHECK_DEVICE_STATE).getLong(0);
    }

    private int channel(int direction) throws Exception {
        assertThat(client.ask(TestClient.SET_DEVICE_STATE_FD, TestClient.state(direction, 0), client.file.fd())
                        .getLong(0))
                .isZero();
        return client.takeFd();
    }
}
