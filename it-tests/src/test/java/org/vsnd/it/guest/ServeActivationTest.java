// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.it.server.CProgram;
import org.vsnd.nativebind.libc.UnixSocket;

/** {@code vsnd serve} on sockets that a service manager opened; a program of ours stands for systemd. */
@Tag("guest")
@DisplayName("On a service manager's sockets")
class ServeActivationTest {
    @TempDir
    static Path folder;

    private static Path manager;

    @BeforeAll
    static void build() throws Exception {
        manager = CProgram.build(Path.of("src/main/manager/listenfds.c"), folder.resolve("listenfds"));
    }

    private static List<String> opening(String... sockets) {
        List<String> command = new java.util.ArrayList<>(List.of(manager.toString()));
        command.addAll(List.of(sockets));
        command.add("--");
        return command;
    }

    @Test
    void eachIsACardBesideThoseOfTheCommandLineAndStaysWhenVsndEnds() throws Exception {
        Path vfio = folder.resolve("vfio");
        Path vhost = folder.resolve("vhost");
        Path own = folder.resolve("own");
        try (ServeProcess serve = ServeProcess.startedBy(
                opening("vfio-user=" + vfio, "vhost-user=" + vhost),
                folder,
                3,
                "--socket",
                own.toString(),
                "--backend",
                "null")) {
            assertThat(serve.log())
                    .contains("serving a sound card on " + own + " (vfio-user)")
                    .contains("serving a sound card on " + vfio + " (vfio-user)")
                    .contains("serving a sound card on " + vhost + " (vhost-user)");
            for (Path socket : List.of(own, vfio, vhost)) {
                UnixSocket.connect(socket).close();
            }
            try (WireClient client = new WireClient(vfio)) {
                assertThat(client.version(0, 1)).isZero();
            }
            serve.signal("TERM");
            assertThat(serve.awaitEnd()).isEqualTo(128 + 15);
        }
        assertThat(Files.exists(own)).as("its own is gone").isFalse();
        assertThat(Files.exists(vfio) && Files.exists(vhost))
                .as("the manager's stay")
                .isTrue();
    }

    @Test
    void aNameThatIsNoProtocolIsOneLine() throws Exception {
        ServeProcess.Ended ended = ServeProcess.runBy(
                opening("vsnd.socket=" + folder.resolve("unnamed")), folder, "serve", "--backend", "null");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.output().lines()).hasSize(1);
        assertThat(ended.output())
                .startsWith("vsnd: the service manager's socket on descriptor 3 is named 'vsnd.socket'")
                .contains("FileDescriptorName=vhost-user");
    }
}
