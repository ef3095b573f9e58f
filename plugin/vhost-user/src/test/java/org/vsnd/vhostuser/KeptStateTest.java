// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.vsnd.spi.PluginException;

class KeptStateTest extends ServedRing {
    private void set(int value) throws Exception {
        server.ask(() -> {
            server.device.setting(value);
            return true;
        });
    }

    /** The process is gone, and another one is there. */
    private void restart() throws Exception {
        client.closeConnection();
        server.close();
        server = new RunningServer(folder, state);
        reconnect();
    }

    private void reconnect() throws Exception {
        client = TestClient.acknowledged(server.path);
        client.setMemory(machine.file);
        ring.useFrom(client);
    }

    @Test
    void anotherProcessGoesOn() throws Exception {
        ring.start(0);
        take(0, 1, 2, 3);
        set(17);
        complete(2);
        complete(1);
        assertThat(ring.used()).containsExactly(2, 1);
        restart();
        ring.start(2);

        assertThat(server.device.setting).isEqualTo(17);
        assertThat(held()).containsExactly(0, 3);
        ring.awaitCall();
        complete(0);
        complete(0);
        assertThat(ring.used()).containsExactly(0, 3);
    }

    @Test
    void anotherConnectionGoesOn() throws Exception {
        ring.start(0);
        take(0, 1);
        set(3);
        complete(1);
        client.closeConnection();
        reconnect();
        ring.start(1);

        assertThat(server.device.setting).isEqualTo(3);
        assertThat(held()).containsExactly(0);
    }

    @Test
    void theLastSettingCounts() throws Exception {
        ring.start(0);
        take(0);
        complete(0);
        for (int value = 1; value <= 7; value++) {
            set(value);
            restart();
            ring.start(1);
            assertThat(server.device.setting).isEqualTo(value);
        }
    }

    @Test
    void aDriverThatBeginsAnewFindsNothing() throws Exception {
        ring.start(0);
        take(0, 1);
        set(9);
        restart();
        try (TestRing fresh = new TestRing(machine, 0, 0)) {
            fresh.useFrom(client);
            fresh.start(0);
            assertThat(server.device.setting).isZero();
            assertThat(held()).isEmpty();
        }
    }

    @Test
    void aResetForgets() throws Exception {
        ring.start(0);
        take(0, 1);
        complete(0);
        set(9);
        client.tell(TestClient.RESET_DEVICE, TestClient.le(0));
        restart();
        ring.start(1);

        assertThat(server.device.setting).isZero();
        assertThat(server.log.lines()).anyMatch(line -> line.contains("not known"));
    }

    @Test
    void settingsThatCannotBeAreRefused() throws Exception {
        ring.start(0);
        take(0);
        complete(0);
        set(101);
        restart();
        ring.start(1);

        assertThat(server.device.setting).isZero();
        assertThat(server.log.lines()).anyMatch(line -> line.contains("the setting is 101"));
    }

    @Test
    void theFileIsTheOwnersAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rw-------");
        assertThat(Files.size(state)).isEqualTo(64 + 4 * (16 << 10) + 2 * (16 + 16 * 1024 + 48));
    }

    @Test
    void aFileIsForOneCard() {
        assertThatThrownBy(() -> new RunningServer(Files.createDirectory(folder.resolve("other")), state))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("each its own");
    }

    @Test
    void aForeignFileIsRefused() throws Exception {
        Path short1 = Files.writeString(folder.resolve("text"), "important");
        assertThatThrownBy(() -> new KeptState(short1, 2, 1024, false))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("is not the state file");
        Path sameLength = Files.write(folder.resolve("bytes"), new byte[(int) Files.size(state)]);
        byte[] all = Files.readAllBytes(sameLength);
        all[0] = 1;
        Files.write(sameLength, all);
        assertThatThrownBy(() -> new KeptState(sameLength, 2, 1024, false))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("is not the state file");
        assertThat(Files.readString(short1)).isEqualTo("important");
    }

    @Test
    void aFolderMustBeThere() {
        assertThatThrownBy(() -> new KeptState(folder.resolve("no/state"), 2, 1024, false))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("cannot make the state file");
    }

    @Test
    void settingsHaveAMost() throws Exception {
        try (KeptState kept = new KeptState(2, 64, false)) {
            byte[] most = new byte[(16 << 10) - 16];
            kept.settings(most);
            assertThat(kept.settings()).isEqualTo(most);
            assertThatThrownBy(() -> kept.settings(new byte[most.length + 1]))
                    .isInstanceOf(IllegalArgumentException.class);
            kept.forgetSettings();
            assertThat(kept.settings()).isNull();
        }
    }
}
