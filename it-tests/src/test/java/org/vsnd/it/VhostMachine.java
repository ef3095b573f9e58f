// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.trace.tape.TapeBackend;

/** A machine on the other side of a vhost-user socket, with a server of its own. Goes by the wall clock. */
final class VhostMachine implements Machine {
    private final CardServer server;
    private final ClientMemory memory;
    private final VhostUserBus bus;

    private VhostMachine(CardServer server, ClientMemory memory, VhostUserBus bus) {
        this.server = server;
        this.memory = memory;
        this.bus = bus;
    }

    static VhostMachine open(FrontEndHabits habits, int vectors, Map<String, String> options) {
        CardServer server = CardServer.vhostUser(options);
        try {
            ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
            return new VhostMachine(server, memory, VhostUserBus.connect(server.socket(), habits, memory, vectors));
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public VhostUserBus bus() {
        return bus;
    }

    @Override
    public TapeBackend tape() {
        return server.tape();
    }

    ClientMemory memory() {
        return memory;
    }

    CardServer server() {
        return server;
    }

    @Override
    public void close() {
        bus.close();
        memory.close();
        server.close();
        assertThat(server.tape().isClosed()).isTrue();
        assertThat(Files.exists(server.socket())).isFalse();
    }
}
