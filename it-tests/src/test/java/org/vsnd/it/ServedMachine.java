// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.vsnd.guest.driver.Bus;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.trace.tape.TapeBackend;

/**
 * A machine on the other side of a socket, with a server of its own. Goes by the wall clock.
 *
 * @param <B> the monitor's way to the card
 */
final class ServedMachine<B extends Bus> implements Machine {
    /** Plugs the card behind a socket into a machine. */
    private interface Monitor<B> {
        B connect(Path socket, ClientMemory memory) throws IOException;
    }

    private final CardServer server;
    private final ClientMemory memory;
    private final B bus;

    private ServedMachine(CardServer server, ClientMemory memory, B bus) {
        this.server = server;
        this.memory = memory;
        this.bus = bus;
    }

    /** Over vfio-user. */
    static ServedMachine<VfioUserBus> vfio(Personality personality, Map<String, String> options) {
        return open(new CardServer(options), (socket, memory) -> VfioUserBus.connect(socket, personality, memory));
    }

    /** Over vhost-user, as a card with that many MSI-X vectors. */
    static ServedMachine<VhostUserBus> vhost(FrontEndHabits habits, int vectors, Map<String, String> options) {
        return open(
                CardServer.vhostUser(options),
                (socket, memory) -> VhostUserBus.connect(socket, habits, memory, vectors));
    }

    private static <B extends Bus> ServedMachine<B> open(CardServer server, Monitor<B> monitor) {
        try {
            ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
            return new ServedMachine<>(server, memory, monitor.connect(server.socket(), memory));
        } catch (IOException e) {
            server.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public B bus() {
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
