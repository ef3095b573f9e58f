// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.audio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.bench.BenchException;
import org.vsnd.bench.Front;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.MonitorBus;

/** A machine of our own with vsnd's card in it: what it needs no guest for starts at once and takes no processor. One thread. */
final class CardClient implements AutoCloseable {
    private static final int RAM_BYTES = 64 << 20;
    private static final int VECTORS = 2;
    private static final long SPARE_NANOS = 10_000_000_000L;

    private final ClientMemory memory;
    private final MonitorBus bus;
    private final SoundDriver driver;
    private final List<ClientStream> streams = new ArrayList<>();

    private CardClient(ClientMemory memory, MonitorBus bus, SoundDriver driver) {
        this.memory = memory;
        this.bus = bus;
        this.driver = driver;
    }

    /** Plugs the card behind a socket in and starts its driver. */
    static CardClient connect(Path socket) throws BenchException {
        return connect(socket, Front.VFIO_USER, VECTORS);
    }

    /**
     * The same with either protocol.
     *
     * @param vectors MSI-X vectors of the card; 0: INTx
     */
    static CardClient connect(Path socket, Front front, int vectors) throws BenchException {
        try {
            ClientMemory memory = new ClientMemory(RAM_BYTES);
            try {
                MonitorBus bus = front.connect(socket, memory, vectors);
                return new CardClient(memory, bus, SoundDriver.start(bus, DriverStyle.LINUX.withMsix(vectors > 0)));
            } catch (IOException | RuntimeException e) {
                memory.close();
                throw e;
            }
        } catch (IOException | DeviceFaultException e) {
            throw new BenchException("cannot use the card: " + e.getMessage(), e);
        }
    }

    SoundDriver driver() {
        return driver;
    }

    /** A stream that {@link #run} will run. */
    ClientStream add(ClientStream stream) {
        streams.add(stream);
        return stream;
    }

    /** Runs all its streams until each has had that many messages back. */
    void run(long messages, long nanos) throws BenchException {
        try {
            for (ClientStream stream : streams) {
                stream.start();
            }
            boolean done = driver.await(() -> collect(messages), nanos + SPARE_NANOS);
            for (ClientStream stream : streams) {
                stream.end();
            }
            if (!done) {
                throw new BenchException("the card's messages stopped coming back");
            }
        } catch (DeviceFaultException e) {
            throw new BenchException("the card did something wrong: " + e.getMessage(), e);
        }
    }

    private boolean collect(long messages) {
        boolean done = true;
        for (ClientStream stream : streams) {
            stream.collect();
            done &= stream.completions().size() >= messages;
        }
        return done;
    }

    @Override
    public void close() {
        bus.unplug();
        memory.close();
    }
}
