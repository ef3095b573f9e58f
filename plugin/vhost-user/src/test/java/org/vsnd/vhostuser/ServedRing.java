// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.testing.Waiting;

/** For tests: a server with a state file, a machine that is connected to it, and one ring between them. */
abstract class ServedRing {
    Path folder;
    Path state;
    RunningServer server;
    /** Whose memory it is; it may have disconnected. */
    TestClient machine;
    /** Who is connected. */
    TestClient client;

    DriverRing ring;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        state = folder.resolve("state");
        server = newServer();
        machine = TestClient.acknowledged(server.path);
        client = machine;
        client.setMemory();
        ring = newRing();
    }

    /** Another process with the same state file. */
    RunningServer newServer() throws Exception {
        return new RunningServer(folder, state);
    }

    /** A ring that the machine's driver has just set up. */
    DriverRing newRing() throws Exception {
        return new TestRing(machine, 0, 0);
    }

    @AfterEach
    void end() {
        ring.close();
        client.close();
        machine.close();
        server.close();
    }

    /** Heads of the chains that the device holds. */
    final List<Integer> held() throws Exception {
        return server.ask(() -> server.device.heads(0));
    }

    /** Gives back the chain at this place among those. */
    final void complete(int place) throws Exception {
        server.ask(() -> {
            server.device.complete(0, place);
            return true;
        });
    }

    /** Offers chains, and waits until the device holds them. */
    final void take(int... heads) throws Exception {
        int expected = server.device.taken + heads.length;
        ring.offer(heads);
        ring.kick.signal();
        Waiting.await("the chains", () -> server.device.taken == expected);
    }
}
