// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.FileStatus;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.testing.LogLines;
import org.vsnd.testing.Waiting;

/** A device whose rings are stopped, and what becomes of it. */
class DeviceStateTest extends ServedRing {
    private static final int SAVE = 0;
    private static final int LOAD = 1;
    private static final int ROOM = 1 << 16;

    private final NativeBuffer buffer = new NativeBuffer(ROOM);

    private int channel(int direction) throws Exception {
        long reply = client.ask(TestClient.SET_DEVICE_STATE_FD, TestClient.state(direction, 0), client.file.fd())
                .getLong(0);
        assertThat(reply).isZero();
        return client.takeFd();
    }

    private long check() throws Exception {
        return client.ask(TestClient.CHECK_DEVICE_STATE).getLong(0);
    }

    private byte[] save() throws Exception {
        int fd = channel(SAVE);
        byte[] saved = new byte[(int) LibC.read(fd, buffer.address(), ROOM)];
        buffer.bytes().get(0, saved);
        FileDescriptors.close(fd);
        assertThat(check()).isZero();
        return saved;
    }

    private long load(byte[] bytes) throws Exception {
        int fd = channel(LOAD);
        buffer.bytes().put(0, bytes);
        assertThat(LibC.write(fd, buffer.address(), bytes.length)).isEqualTo(bytes.length);
        FileDescriptors.close(fd);
        return check();
    }

    /** Another server, with nothing of the first one's. */
    private void anotherServer() throws Exception {
        client.closeConnection();
        server.close();
        Files.delete(ParkedState.beside(state));
        Files.delete(state);
        server = new RunningServer(folder, state);
        reconnect();
    }

    private void reconnect() throws Exception {
        client = TestClient.acknowledged(server.path);
        client.setMemory(machine.file);
        ring.useFrom(client);
    }

    private void restart() throws Exception {
        client.closeConnection();
        server.close();
        server = new RunningServer(folder, state);
        reconnect();
    }

    @Test
    void aStoppedRingGoesOnWithTheSameChains() throws Exception {
        ring.start(0);
        take(1, 2, 3);
        complete(1);
        assertThat(ring.used()).containsExactly(2);
        int taken = server.device.taken;
        ring.start(client.stop(0));

        assertThat(held()).containsExactly(1, 3);
        assertThat(server.device.taken).as("none is taken again").isEqualTo(taken);
        assertThat(server.device.restores).isOne();
        complete(1);
        complete(0);
        assertThat(ring.used()).containsExactly(3, 1);
    }

    @Test
    void aRingThatIsDisabledForAWhileGoesOn() throws Exception {
        ring.start(0);
        take(1, 2);
        ring.enable(0);
        ring.enable(1);

        assertThat(held()).containsExactly(1, 2);
        assertThat(server.device.taken).isEqualTo(2);
    }

    @Test
    void whileAnotherRingRunsTheDeviceGoesOnAndGivesNothingBack() throws Exception {
        try (TestRing other = new TestRing(client, 1, 0)) {
            other.start(0);
            ring.start(0);
            take(1, 2);
            assertThat(client.stop(0)).isZero();
            complete(0);
            assertThat(ring.used()).isEmpty();
            assertThat(server.device.restores).isZero();
            ring.start(0);
            assertThat(ring.used()).containsExactly(1);
            ring.awaitCall();
            assertThat(held()).containsExactly(2);
            assertThat(client.stop(0)).isEqualTo(1);
            complete(0);
            client.stop(1); // now all are stopped, and one chain waits to be given back
            ring.start(1);
            assertThat(ring.used()).containsExactly(2);
        }
    }

    @Test
    void aRingWithOtherChainsIsTakenAnew() throws Exception {
        ring.start(0);
        take(1, 2);
        int base = client.stop(0);
        client.ram().putInt(16 * 2 + 8, 15); // another length of the second
        ring.start(base);

        assertThat(held()).containsExactly(1, 2);
        assertThat(server.device.taken).isEqualTo(4);
        assertThat(server.device.restores).isZero();
    }

    @Test
    void otherFeaturesAreAnotherLife() throws Exception {
        ring.start(0);
        take(1);
        int base = client.stop(0);
        long features = client.ask(TestClient.GET_FEATURES).getLong(0);
        client.tell(TestClient.SET_FEATURES, TestClient.u64(features & ~2));
        ring.start(base);

        assertThat(server.device.restores).isZero();
        assertThat(held()).containsExactly(1);
    }

    @Test
    void whatIsLoggedIsNoOtherLife() throws Exception {
        ring.start(0);
        take(1);
        int base = client.stop(0);
        long features = client.ask(TestClient.GET_FEATURES).getLong(0);
        client.tell(TestClient.SET_FEATURES, TestClient.u64(features & ~TestClient.F_LOG_ALL));
        ring.start(base);

        assertThat(server.device.restores).isOne();
    }

    @Test
    void anotherServerGoesOnWithTheState() throws Exception {
        ring.start(0);
        take(4, 5, 6);
        complete(1);
        ring.used();
        server.ask(() -> {
            server.device.setting(33);
            return true;
        });
        int base = client.stop(0);
        byte[] saved = save();
        anotherServer();
        assertThat(load(saved)).isZero();
        ring.start(base);

        assertThat(server.device.taken).as("none is taken again").isZero();
        assertThat(held()).containsExactly(4, 6);
        assertThat(server.device.setting).isEqualTo(33);
        complete(0);
        assertThat(ring.used()).containsExactly(4);
        restart(); // the settings are kept there as well
        ring.start(2);
        assertThat(server.device.setting).isEqualTo(33);
        assertThat(held()).containsExactly(6);
    }

    @Test
    void theSourceMayGoOnAfterAll() throws Exception {
        ring.start(0);
        take(4);
        int base = client.stop(0);
        byte[] saved = save();
        assertThat(save()).isEqualTo(saved);
        ring.start(base);

        assertThat(server.device.taken).isEqualTo(1);
        assertThat(held()).containsExactly(4);
    }

    @Test
    void aDeviceWithoutADriverHasAStateToo() throws Exception {
        byte[] saved = save();
        ring.start(0);
        take(1);
        client.stop(0);

        assertThat(load(saved)).isZero();
        assertThat(save()).hasSameSizeAs(saved);
    }

    @Test
    void aDamagedStateIsRefusedAndTheDeviceIsAsItWas() throws Exception {
        ring.start(0);
        take(7);
        int base = client.stop(0);
        byte[] saved = save();
        for (int at = 0; at < saved.length; at += 3) {
            byte[] damaged = saved.clone();
            damaged[at] ^= 0x10;
            assertThat(load(damaged)).as("byte " + at).isEqualTo(1);
        }
        assertThat(load(new byte[0])).isEqualTo(1);
        assertThat(server.log.lines()).anyMatch(line -> line.contains("the device's state is refused"));
        ring.start(base);
        assertThat(server.device.taken).isOne();
        assertThat(held()).containsExactly(7);
    }

    /** Whatever is accepted, rings begin and end with it, and nothing fails. */
    @Test
    void aForgedStateHarmsNobody() throws Exception {
        ring.start(0);
        take(7, 2, 4);
        complete(0);
        int base = client.stop(0);
        byte[] saved = save();
        int accepted = 0;
        for (int at = 20; at < saved.length; at++) {
            for (int flip : new int[] {1, 0x80}) {
                byte[] forged = saved.clone();
                forged[at] ^= (byte) flip;
                CRC32 checksum = new CRC32();
                checksum.update(forged, 20, forged.length - 20);
                ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putInt(16, (int) checksum.getValue());
                accepted += load(forged) == 0 ? 1 : 0;
                ring.start(base);
                assertThat(held()).as("byte " + at).containsExactlyInAnyOrder(2, 4);
                assertThat(client.stop(0)).isEqualTo(base);
                assertThat(load(saved)).isZero();
            }
        }
        assertThat(accepted).isBetween(10, saved.length);
        assertThat(server.log.lines()).noneMatch(line -> line.contains("fault in vsnd"));
        assertThat(ring.used()).containsExactly(7);
    }

    @Test
    void runningRingsRefuseATransfer() throws Exception {
        ring.start(0);
        assertThat(client.ask(TestClient.SET_DEVICE_STATE_FD, TestClient.state(SAVE, 0), client.file.fd())
                        .getLong(0))
                .isEqualTo(0x101);
        client.stop(0);
        int fd = channel(LOAD);
        ring.start(0);
        assertThat(check()).isEqualTo(1);
        FileDescriptors.close(fd);
        client.stop(0);
        save();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, -1})
    void aDirectionMustBe(int direction) throws Exception {
        assertThat(client.ask(TestClient.SET_DEVICE_STATE_FD, TestClient.state(direction, 0), client.file.fd())
                        .getLong(0))
                .isEqualTo(0x101);
        assertThat(client.ask(TestClient.SET_DEVICE_STATE_FD, TestClient.state(SAVE, direction), client.file.fd())
                        .getLong(0))
                .isEqualTo(0x101);
        save();
    }

    @Test
    void aStateThatIsNotReadToItsEndIsNotSaved() throws Exception {
        assertThat(check()).as("no transfer").isEqualTo(1);
        int fd = channel(SAVE);
        assertThat(LibC.read(fd, buffer.address(), 10)).isEqualTo(10);
        assertThat(check()).isEqualTo(1);
        FileDescriptors.close(fd);
        fd = channel(SAVE);
        FileDescriptors.close(fd);
        save();
    }

    @Test
    void theFrontEndCannotMakeTheFileLarger() throws Exception {
        int fd = channel(LOAD);
        long most = FileStatus.of(fd).sizeBytes();
        assertThat(LibC.ftruncate(fd, most + 1)).isNegative();
        assertThat(LibC.ftruncate(fd, 0)).isNegative();
        long written = 0;
        long n = LibC.write(fd, buffer.address(), ROOM);
        while (n > 0) {
            written += n;
            n = LibC.write(fd, buffer.address(), ROOM);
        }
        assertThat(written).isBetween(1L << 20, most);
        assertThat(check()).isEqualTo(1);
        FileDescriptors.close(fd);
    }

    /** They would count as vsnd's memory for as long as the front end has them open. */
    @Test
    void filesThatTheFrontEndKeepsAreEmpty() throws Exception {
        int seals = 1034; // F_GET_SEALS, then F_SEAL_SEAL, SHRINK and GROW
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int fd = channel(i % 2 == 0 ? SAVE : LOAD);
            kept.add(fd);
            assertThat(LibC.fcntl(fd, seals, 0)).isEqualTo(7);
            assertThat(i % 2 == 0 ? LibC.read(fd, buffer.address(), ROOM) : LibC.write(fd, buffer.address(), ROOM))
                    .isPositive();
            assertThat(hasData(fd)).isTrue();
        }
        for (int fd : kept.subList(0, 3)) {
            assertThat(hasData(fd))
                    .as("of a transfer that another one has ended")
                    .isFalse();
        }
        check();
        assertThat(hasData(kept.get(3))).as("of a transfer that was checked").isFalse();
        kept.add(channel(SAVE));
        client.closeConnection();
        Waiting.await("the last one to be discarded", () -> !hasData(kept.get(4)));
        kept.forEach(FileDescriptors::close);
    }

    private static boolean hasData(int fd) {
        int seekData = 3; // SEEK_DATA
        return LibC.lseek(fd, 0, seekData) == 0;
    }

    @Test
    void anotherProcessGoesOnWhereTheLastOneWasEnded() throws Exception {
        ring.start(0);
        take(1, 2, 3);
        complete(2);
        ring.used();
        restart();
        assertThat(ParkedState.beside(state)).exists();
        ring.start(1); // the front end knows the used index only

        assertThat(ParkedState.beside(state)).doesNotExist();
        assertThat(server.device.taken).isZero();
        assertThat(server.device.restores).isOne();
        assertThat(held()).containsExactly(1, 2);
        complete(1);
        assertThat(ring.used()).containsExactly(2);
    }

    @Test
    void aSnapshotThatDoesNotAgreeWithTheRingsIsNotUsed() throws Exception {
        ring.start(0);
        take(1, 2, 3);
        complete(0);
        server.ask(() -> {
            server.device.setting(5);
            return true;
        });
        ring.used();
        client.closeConnection();
        server.close();
        byte[] old = Files.readAllBytes(ParkedState.beside(state));
        server = new RunningServer(folder, state);
        reconnect();
        ring.start(1);
        complete(0);
        ring.used();
        client.closeConnection();
        server.close();
        Files.write(ParkedState.beside(state), old);
        server = new RunningServer(folder, state);
        reconnect();
        ring.start(2);

        assertThat(server.device.restores).isZero();
        assertThat(server.device.setting).as("what a kill leaves").isEqualTo(5);
        assertThat(held()).containsExactly(3);
    }

    @Test
    void aSnapshotOfSomethingElseIsNotUsed() throws Exception {
        ring.start(0);
        take(1, 2);
        complete(0);
        ring.used();
        client.closeConnection();
        server.close();
        Files.writeString(ParkedState.beside(state), "something else");
        server = new RunningServer(folder, state);
        reconnect();
        ring.start(1);

        assertThat(server.device.restores).isZero();
        assertThat(held()).containsExactly(2);
        assertThat(server.log.lines()).anyMatch(line -> line.contains("cannot go on exactly"));
    }

    @Test
    void aSnapshotThatCannotBeKeptIsToldInTheLog() throws Exception {
        ring.start(0);
        take(1);
        Path inTheWay = Files.createDirectories(folder.resolve("state.snapshot.new/x"));
        client.closeConnection();
        try (LogLines log = new LogLines(ParkedState.class)) {
            server.server.close();
            assertThat(log.lines()).anyMatch(line -> line.contains("cannot keep the card"));
        }
        Files.delete(inTheWay);
    }

    @Test
    void aSnapshotThatCannotBeReadIsToldInTheLog() throws Exception {
        Path inTheWay = Files.createDirectories(folder.resolve("state.snapshot/x"));
        client.closeConnection();
        server.close();
        try (LogLines log = new LogLines(ParkedState.class)) {
            server = new RunningServer(folder, state);
            reconnect();
            ring.start(0);
            assertThat(client.stop(0)).isZero();
            assertThat(log.lines()).anyMatch(line -> line.contains("cannot read what the last vsnd left"));
            client.tell(TestClient.RESET_DEVICE, TestClient.le(0));
            assertThat(log.lines()).anyMatch(line -> line.contains("cannot remove"));
        }
        Files.delete(inTheWay);
    }

    @Test
    void aDeviceThatHasFailedIsNotKept() throws Exception {
        ring.start(0);
        take(1);
        server.device.on(() -> {
            throw new IllegalStateException("a fault of a test");
        });
        client.awaitDisconnect();
        reconnect();
        ring.start(0);

        assertThat(server.device.restores).isZero();
        assertThat(held()).containsExactly(1);
    }
}
