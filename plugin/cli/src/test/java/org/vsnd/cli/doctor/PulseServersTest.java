// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PulseServersTest {
    @TempDir
    Path run;

    private String me = "";

    @BeforeEach
    void whoAmI() throws IOException {
        me = Files.getOwner(run).getName();
    }

    @Test
    @DisplayName("no socket anywhere: none runs")
    void noneRuns() {
        assertThat(new PulseServers(Map.of("XDG_RUNTIME_DIR", run + "/7"), run, me).why())
                .contains("none runs for " + me, "start one");
        assertThat(new PulseServers(Map.of(), run.resolve("absent"), me).why()).contains("none runs");
    }

    @Test
    @DisplayName("a socket of one's own that nobody listens on: its server has ended")
    void itsServerHasEnded() throws IOException {
        socket();

        assertThat(new PulseServers(Map.of("XDG_RUNTIME_DIR", run + "/7"), run, me).why())
                .contains(run + "/7/pulse/native", "has ended, or its server hangs");
    }

    @Test
    @DisplayName("a server of another user's is named with its user, as root sees it after sudo")
    void anotherUsers() throws IOException {
        socket();

        assertThat(new PulseServers(Map.of("XDG_RUNTIME_DIR", run + "/7"), run, "nina").why())
                .contains(me + "'s server", "you are nina", "run vsnd as " + me);
        assertThat(new PulseServers(Map.of(), run, "nina").why())
                .contains("a server runs for " + me, "run vsnd as " + me);
    }

    @Test
    @DisplayName("a server of one's own that is not found without XDG_RUNTIME_DIR: which that has to be")
    void withoutARuntimeFolder() throws IOException {
        socket();

        assertThat(new PulseServers(Map.of(), run, me).why())
                .contains(run + "/7/pulse/native", "export XDG_RUNTIME_DIR=" + run + "/7")
                .doesNotContain("none runs");
    }

    @Test
    @DisplayName("a server that PULSE_SERVER names is the only one asked")
    void theNamedOne() throws IOException {
        socket();

        assertThat(new PulseServers(Map.of("PULSE_SERVER", "tcp:studio"), run, me).why())
                .contains("tcp:studio", "unset");
    }

    private void socket() throws IOException {
        Files.writeString(Files.createDirectories(run.resolve("7/pulse")).resolve("native"), "");
    }
}
