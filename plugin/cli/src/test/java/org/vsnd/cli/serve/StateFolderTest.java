// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.server.Endpoint;
import org.vsnd.server.SocketAccess;
import org.vsnd.vhostuser.StateFile;

class StateFolderTest {
    private static StateFile of(Endpoint endpoint, Map<String, String> environment) {
        return new StateFolder(environment).of(endpoint);
    }

    @Test
    void isBesideASocketOfOurOwn() {
        Endpoint own = Endpoint.file(Path.of("/run/x/card"), SocketAccess.OWNER_ONLY);
        assertThat(of(own, Map.of("RUNTIME_DIRECTORY", "/run/vsnd")))
                .isEqualTo(new StateFile(Path.of("/run/x/card.state"), false));
    }

    @Test
    void isInTheManagersFolderForASocketOfTheManager(@TempDir Path folder) throws Exception {
        try (UnixServerSocket socket = UnixServerSocket.bind(folder.resolve("card"))) {
            socket.listen(1);
            Endpoint inherited = Endpoint.inherited(FileDescriptors.duplicate(socket.fd()));
            String name = folder.toString().substring(1).replace('/', '-') + "-card.state";

            assertThat(of(inherited, Map.of("STATE_DIRECTORY", "/var/lib/vsnd")))
                    .isEqualTo(new StateFile(Path.of("/var/lib/vsnd", name), false));
            assertThat(of(inherited, Map.of("RUNTIME_DIRECTORY", "/run/vsnd:/run/b", "STATE_DIRECTORY", "/x")))
                    .isEqualTo(new StateFile(Path.of("/run/vsnd", name), false));
            assertThat(Objects.requireNonNull(of(inherited, Map.of())).path()).isEqualTo(folder.resolve("card.state"));
        }
    }
}
