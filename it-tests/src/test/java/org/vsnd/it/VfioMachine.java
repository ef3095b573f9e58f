// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.trace.tape.TapeBackend;

/** A machine on the other side of a vfio-user socket, with a server of its own. Goes by the wall clock. */
final class VfioMachine implements Machine {
    private final CardServer server;
    private final ClientMemory memory;
    private final VfioUserBus bus;

    private VfioMachine(CardServer server, ClientMemory memory, VfioUserBus bus) {
        this.server = server;
        this.memory = memory;
        this.bus = bus;
    }

    static VfioMachine open(Personality personality, Map<String, String> options) {
        CardServer server = new CardServer(options);
        try {
            ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
            return new VfioMachine(server, memory, VfioUserBus.connect(server.socket(), personality, memory));
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public VfioUserBus bus() {
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
