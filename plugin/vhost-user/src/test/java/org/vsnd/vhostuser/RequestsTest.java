// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.testing.Waiting;

class RequestsTest {
    private RunningServer server;
    private TestClient client;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        server = new RunningServer(folder);
        client = new TestClient(server.path);
    }

    @AfterEach
    void end() {
        client.close();
        server.close();
    }

    private void acknowledge() throws ErrnoException {
        client.post(TestClient.SET_PROTOCOL_FEATURES, TestClient.u64(TestClient.REPLY_ACK));
    }

    @Test
    void featuresAreTheDevicesAndTheRings() throws Exception {
        long all = client.ask(TestClient.GET_FEATURES).getLong(0);

        assertThat(all)
                .isEqualTo(1L << 32 | TestClient.F_PROTOCOL_FEATURES | TestClient.F_LOG_ALL | 1L << 29 | 1L << 28 | 2);
        acknowledge();
        client.tell(TestClient.SET_FEATURES, TestClient.u64(0)); // Haiku's driver takes none
        assertThat(server.ask(() -> server.device.transport().interruptLeadNanos()))
                .isPositive();
        client.tell(TestClient.SET_FEATURES, TestClient.u64(1L << 32));
        assertThat(server.ask(() -> server.device.transport().interruptLeadNanos()))
                .isNegative();
        assertThat(server.ask(() -> server.device.transport().interruptUnderway(0)))
                .isFalse();
        assertThat(client.result(TestClient.SET_FEATURES, TestClient.u64(4))).isNotZero();
        client.awaitDisconnect();
    }

    @Test
    void protocolFeaturesMustBeOffered() throws Exception {
        long all = client.ask(TestClient.GET_PROTOCOL_FEATURES).getLong(0);
        client.post(TestClient.SET_PROTOCOL_FEATURES, TestClient.u64(all));
        client.tell(TestClient.SET_OWNER, TestClient.le(0));
        client.tell(TestClient.RESET_OWNER, TestClient.le(0));
        client.post(TestClient.SET_PROTOCOL_FEATURES, TestClient.u64(1L << 63));

        client.awaitDisconnect();
    }

    @Test
    void featuresOfARunningDeviceStay() throws Exception {
        client.close();
        client = TestClient.acknowledged(server.path);
        client.setMemory();
        try (TestRing ring = new TestRing(client, 0, 0)) {
            ring.start(0);
            client.post(TestClient.SET_FEATURES, TestClient.u64(1L << 32));
            client.awaitDisconnect();
        }
    }

    @Test
    void aRequestIsAcknowledgedOnlyIfThatWasAgreed() throws Exception {
        client.send(TestClient.SET_OWNER, TestClient.VERSION | TestClient.NEED_REPLY, 0, TestClient.le(0));
        assertThat(client.ask(TestClient.GET_QUEUE_NUM).getLong(0)).isEqualTo(FakeDevice.QUEUES);
        acknowledge();
        client.tell(TestClient.SET_OWNER, TestClient.le(0));
    }

    @Test
    void aFailureIsToldBeforeTheConnectionEnds() throws Exception {
        acknowledge();

        assertThat(client.result(
                        TestClient.SET_MEM_TABLE,
                        TestClient.region(TestClient.le(40).putInt(0, 2), 8, 0, 0x1000, 0, 0),
                        client.file.fd()))
                .isNotZero();
        client.awaitDisconnect();
    }

    @Test
    void configurationIsReadInParts() throws Exception {
        ByteBuffer reply =
                client.ask(TestClient.GET_CONFIG, TestClient.le(16).putInt(0, 2).putInt(4, 4));

        assertThat(reply.capacity()).isEqualTo(16);
        assertThat(reply.getInt(12)).isEqualTo(0xf5f4f3f2);
    }

    @Test
    void configurationEndsInZeros() throws Exception {
        ByteBuffer reply = client.ask(TestClient.GET_CONFIG, TestClient.le(268).putInt(4, 256));

        assertThat(reply.get(12 + 15)).isEqualTo((byte) 0xff);
        assertThat(reply.get(12 + 16)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 253, 0x7fff_ffff})
    void configurationHasAnEnd(int offset) throws Exception {
        client.post(TestClient.GET_CONFIG, TestClient.le(16).putInt(0, offset).putInt(4, 4));

        client.awaitDisconnect();
    }

    @Test
    void configurationIsReadOnly() throws Exception {
        acknowledge();
        ByteBuffer wanted = TestClient.le(14).putInt(0, 1).putInt(4, 2).putShort(12, (short) 0xf2f1);

        assertThat(client.result(TestClient.SET_CONFIG, wanted)).isNotZero();
        client.tell(TestClient.SET_CONFIG, wanted.putInt(8, 1)); // migration: it is what it was
        assertThat(client.result(TestClient.SET_CONFIG, wanted.put(12, (byte) 0)))
                .isNotZero();
    }

    @Test
    void memoryComesAndGoesByRegions() throws Exception {
        acknowledge();
        assertThat(client.ask(TestClient.GET_MAX_MEM_SLOTS).getLong(0)).isEqualTo(4096);
        ByteBuffer first = TestClient.region(TestClient.le(40), 8, 0, 0x1000, 0x5000, 0);
        ByteBuffer second = TestClient.region(TestClient.le(40), 8, 0x1000, 0x1000, 0x9000, 0x1000);
        client.tell(TestClient.ADD_MEM_REG, first, client.file.fd());
        client.tell(TestClient.ADD_MEM_REG, second, client.file.fd());
        Waiting.await("two", () -> server.server.statistics().memoryRanges() == 2);
        client.tell(TestClient.REM_MEM_REG, first);
        client.tell(TestClient.REM_MEM_REG, second, client.file.fd()); // as some front ends do
        Waiting.await("none", () -> server.server.statistics().memoryRanges() == 0);

        assertThat(client.result(TestClient.REM_MEM_REG, first)).isNotZero();
        client.awaitDisconnect();
    }

    @Test
    void memoryThatOverlapsIsRefused() throws Exception {
        acknowledge();
        ByteBuffer region = TestClient.region(TestClient.le(40), 8, 0, 0x2000, 0x5000, 0);
        client.tell(TestClient.ADD_MEM_REG, region, client.file.fd());

        assertThat(client.result(TestClient.ADD_MEM_REG, region.putLong(8, 0x1000), client.file.fd()))
                .isNotZero();
        client.awaitDisconnect();
    }

    @Test
    void memoryBeyondTheFileIsRefused() throws Exception {
        acknowledge();
        ByteBuffer region = TestClient.region(TestClient.le(40), 8, 0, TestClient.MEMORY_BYTES, 0, 0x1000);

        assertThat(client.result(TestClient.ADD_MEM_REG, region, client.file.fd()))
                .isNotZero();
        client.awaitDisconnect();
    }

    @Test
    void nobodyIsToldOfAConfigurationThatCannotChange() throws Exception {
        assertThat(server.ask(() -> {
                    server.device.transport().configChanged();
                    return true;
                }))
                .isTrue();
    }
}
