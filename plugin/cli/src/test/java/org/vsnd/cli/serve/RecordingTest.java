// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.server.ClientRules;
import org.vsnd.server.Endpoint;
import org.vsnd.server.ServerException;
import org.vsnd.server.ServiceManager;
import org.vsnd.server.SocketAccess;
import org.vsnd.spi.PluginException;

@DisplayName("The recording of a served card")
class RecordingTest {
    private static final Map<String, String> SILENT = Map.of("backend", "null");

    @TempDir
    Path folder;

    @Test
    @DisplayName("is closed when the socket's name is refused after the card was made")
    void leavesNothingOpenWhenTheNameIsRefused() throws Exception {
        Path both = folder.resolve("both"); // the recording takes the name that the socket is to have
        assertThatThrownBy(() -> new ServedDevice(
                        place(both),
                        ClientRules.STANDARD,
                        SILENT,
                        false,
                        new TraceRequest(both, false),
                        ServiceManager.NONE))
                .isInstanceOf(ServerException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains("both"));
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.filter(Files::exists).filter(fd -> isSame(fd, both)))
                    .isEmpty();
        }
    }

    private static CardPlace place(Path socket) {
        return new CardPlace(Front.VFIO_USER, Endpoint.file(socket, SocketAccess.OWNER_ONLY));
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @Test
    void leavesNothingOpenWhenTheCardCannotBeMade() {
        Path file = folder.resolve("wrong.jsonl");
        assertThatThrownBy(() -> new ServedDevice(
                        place(folder.resolve("s")),
                        ClientRules.STANDARD,
                        Map.of("backend", "gramophone"),
                        false,
                        new TraceRequest(file, false),
                        ServiceManager.NONE))
                .isInstanceOf(PluginException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().contains("wrong.jsonl"));
        assertThat(Files.exists(folder.resolve("s"))).isFalse();
    }
}
