// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vhostuser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.MonitorBus;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.testing.DisconnectedException;

/** The way to a sound device behind a vhost-user socket, as a guest of a monitor has it. One thread; the wall clock. */
public final class VhostUserBus implements MonitorBus, MonitorPciCard.Device {
    private static final int SOUND = 25;
    private static final int AUDIO_CLASS = 0x040100;
    private static final int QUEUES = 4;
    private static final int QUEUE_SIZE = 64; // QEMU's
    private static final int POLL_MILLIS = 5;

    private final FrontEndHabits habits;
    private final ClientMemory memory;
    private final MonitorPciCard card;
    private final Poller poller = new Poller(QUEUES + 1);
    private VhostUserFrontEnd frontEnd;
    private boolean polled;

    private VhostUserBus(FrontEndHabits habits, ClientMemory memory, VhostUserFrontEnd frontEnd, int vectors) {
        this.habits = habits;
        this.memory = memory;
        this.frontEnd = frontEnd;
        card = new MonitorPciCard(this, SOUND, AUDIO_CLASS, QUEUES, QUEUE_SIZE, vectors);
        watch();
    }

    /** Plugs the device behind a socket into a machine with this memory, on a card with that many MSI-X vectors. */
    public static VhostUserBus connect(Path socket, FrontEndHabits habits, ClientMemory memory, int vectors)
            throws IOException {
        return new VhostUserBus(habits, memory, VhostUserFrontEnd.connect(socket, habits, memory, QUEUES), vectors);
    }

    private void watch() {
        for (int i = 0; i < QUEUES; i++) {
            poller.set(i, frontEnd.call(i).fd(), Poller.POLLIN);
        }
        poller.set(QUEUES, frontEnd.wire().fd(), Poller.POLLIN);
    }

    /** The requests below. */
    public VhostUserFrontEnd frontEnd() {
        return frontEnd;
    }

    /** This and all connections after it have no kick descriptors. */
    public void startPolled() {
        polled = true;
        frontEnd.startPolled();
    }

    /** The monitor stops the machine: the rings stop, the guest does not know. */
    public void pause() {
        frontEnd.stop();
        drain();
    }

    /** The back end is gone, and another one is there: the monitor connects to it, and the guest does not know. */
    public void reconnect(Path socket) throws IOException {
        drain();
        frontEnd.close();
        frontEnd = VhostUserFrontEnd.connect(socket, habits, memory, QUEUES);
        watch();
        if (polled) {
            frontEnd.startPolled();
        }
        frontEnd.takeOver(card.driverFeatures(), card.rings());
        goOn();
    }

    /** The machine moves to another back end, with the state of this one. */
    public void migrate(Path socket) throws IOException {
        pause();
        byte[] state = frontEnd.saveState();
        VhostUserFrontEnd source = frontEnd;
        frontEnd = VhostUserFrontEnd.connect(socket, habits, memory, QUEUES);
        watch();
        frontEnd.goOnFrom(source);
        source.close();
        long trouble = frontEnd.loadState(state);
        if (trouble != 0) {
            throw new DeviceFaultException("the state is refused: " + trouble);
        }
        goOn();
    }

    @Override
    public void systemReset() {
        card.systemReset();
    }

    /** The machine goes on. */
    public void goOn() {
        frontEnd.start(card.driverFeatures(), card.rings());
    }

    @Override
    public long offered() {
        return frontEnd.offered();
    }

    @Override
    public byte[] config(int length) {
        return frontEnd.config(length);
    }

    @Override
    public void start(long features, List<FrontEndRing> rings) {
        frontEnd.start(features, rings);
    }

    @Override
    public void reset() {
        frontEnd.reset();
        drain();
    }

    @Override
    public void kick(int queue) {
        frontEnd.kick(queue);
    }

    @Override
    public int readConfig(int offset, int size) {
        return card.readConfig(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        card.writeConfig(offset, size, value);
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        drain();
        return card.readBar(bar, offset, size);
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        card.writeBar(bar, offset, size, value);
    }

    @Override
    public GuestRam ram() {
        return memory.ram();
    }

    @Override
    public DmaGuard guard() {
        return DmaGuard.NONE;
    }

    private void drain() {
        for (int i = 0; i < QUEUES; i++) {
            if (frontEnd.call(i).drain()) {
                card.interrupt(i);
            }
        }
    }

    @Override
    public long messages(int data) {
        drain();
        return card.messages(data);
    }

    @Override
    public boolean intxAsserted() {
        drain();
        return card.intxAsserted();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        long deadline = System.nanoTime() + timeoutNanos;
        try {
            while (true) {
                drain();
                if (condition.getAsBoolean()) {
                    return true;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                poller.poll((int) Math.min(POLL_MILLIS, (left + 999_999) / 1_000_000));
                if ((poller.ready(QUEUES) & Poller.POLLIN) != 0) {
                    throw new DisconnectedException();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void unplug() {
        frontEnd.stop();
        close();
    }

    /** The monitor is gone. */
    @Override
    public void close() {
        frontEnd.close();
    }
}
