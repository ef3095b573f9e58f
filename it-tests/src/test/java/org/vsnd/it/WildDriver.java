// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.vsnd.guest.driver.BufferList;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.driver.VirtioPciCommonCfg;
import org.vsnd.guest.family.ControlRoundTrip;
import org.vsnd.guest.family.GuestPages;
import org.vsnd.guest.family.GuestTroubleException;
import org.vsnd.guest.family.ModernPci;

/**
 * A driver that does everything in any order: commands whatever the state, messages of any length to any stream, at once or
 * in storms, resets in the middle. Every message has pages of its own, which are freed the moment it is back, or the card
 * is reset.
 */
final class WildDriver {
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private static final int[] COMMANDS = {
        SndWire.R_PCM_PREPARE,
        SndWire.R_PCM_PREPARE,
        SndWire.R_PCM_START,
        SndWire.R_PCM_START,
        SndWire.R_PCM_STOP,
        SndWire.R_PCM_RELEASE
    };
    private static final int MOST_BYTES = 12_000;
    private static final int MOST_PENDING = 20;

    private record Message(int queue, long pages, long status) {}

    private final Bus bus;
    private final Random random;
    private final GuestPages memory;
    private final ModernPci pci;
    private final BufferList chain = new BufferList();
    private final List<Message> messages = new ArrayList<>(); // by token; null: back
    private final DriverQueue[] queues = new DriverQueue[4];
    private ControlRoundTrip control;
    private int pending;
    private boolean suspends;
    private boolean suspending; // or suspended
    private int suspensions;
    private long back;

    /** Boots. */
    WildDriver(Bus bus, long seed) {
        this.bus = bus;
        random = new Random(seed);
        memory = new GuestPages(bus);
        pci = new ModernPci(bus, memory);
        control = boot();
    }

    private ControlRoundTrip boot() {
        pci.reset();
        memory.freeAll();
        messages.clear();
        pending = 0;
        suspending = false;
        long features = (long) random.nextInt(4) << 28 | Habits.drawRings(random) | Features.VERSION_1;
        boolean ok = random.nextBoolean();
        pci.status(VirtioPciCommonCfg.STATUS_ACKNOWLEDGE | VirtioPciCommonCfg.STATUS_DRIVER);
        features &= (pci.deviceFeatures(0) & 0xffff_ffffL) | ((long) pci.deviceFeatures(1) << 32);
        suspends = (features & Features.SUSPEND) != 0;
        pci.driverFeatures(0, (int) features);
        pci.driverFeatures(1, (int) (features >>> 32));
        pci.status(pci.status() | VirtioPciCommonCfg.STATUS_FEATURES_OK);
        for (int queue = 0; queue < 4; queue++) {
            queues[queue] = pci.enableQueue(queue, pci.queueSize(queue), ModernPci.NO_VECTOR, features);
        }
        if (ok) {
            pci.status(pci.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
        }
        return new ControlRoundTrip(bus, pci, queues[SndWire.CONTROL_QUEUE], memory);
    }

    /** Does so many things. */
    void run(int deeds) {
        for (int i = 0; i < deeds; i++) {
            takeBack();
            if (suspending) {
                whileSuspended();
                continue;
            }
            switch (random.nextInt(14)) {
                case 0, 1 -> command(COMMANDS[random.nextInt(COMMANDS.length)], random.nextInt(3));
                case 2 -> request(SoundDriver.words(COMMANDS[random.nextInt(COMMANDS.length)])); // without a stream
                case 3 -> setParams(random.nextInt(3));
                case 4, 5, 6 -> send();
                case 7 -> storm();
                case 8 -> bus.pass(random.nextInt(60_000_000));
                case 9 -> bus.pass(random.nextInt(2_000_000));
                case 10 -> pci.status(pci.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
                case 11, 12 -> suspend();
                default -> {
                    if (random.nextInt(15) == 0) {
                        control = boot();
                    }
                }
            }
        }
    }

    private void suspend() {
        if (suspends && (pci.status() & VirtioPciCommonCfg.STATUS_DRIVER_OK) != 0) {
            pci.status(pci.status() | VirtioPciCommonCfg.STATUS_SUSPEND);
            suspending = true;
            suspensions++;
        }
    }

    /** No request is answered. */
    private void whileSuspended() {
        switch (random.nextInt(8)) {
            case 0 -> bus.pass(random.nextInt(60_000_000));
            case 1, 2 -> bus.pass(random.nextInt(2_000_000));
            case 3, 4 -> send(); // stays in the ring
            case 5 -> pci.status(pci.status() | VirtioPciCommonCfg.STATUS_SUSPEND);
            case 6 -> {
                if (random.nextInt(15) == 0) {
                    control = boot();
                }
            }
            default -> resume();
        }
    }

    private boolean resume() {
        boolean suspended = (pci.status() & VirtioPciCommonCfg.STATUS_SUSPEND) != 0;
        if (suspended) {
            pci.status(pci.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK);
            suspending = false;
        }
        return suspended;
    }

    private void command(int code, int stream) {
        request(SoundDriver.words(code, stream));
    }

    private void request(byte[] bytes) {
        if (!control.request(bytes, PATIENCE_NANOS, 4)) {
            throw new GuestTroubleException(true, "a request is not answered");
        }
    }

    private void setParams(int stream) {
        StreamSetup setup = StreamSetup.s16At48k(64 << random.nextInt(6), 64 << (6 + random.nextInt(3)));
        int odd = random.nextInt(4) == 0 ? random.nextInt(8) : 0;
        request(SoundDriver.setParamsRequest(
                stream,
                setup.bufferBytes() + odd * setup.periods(),
                setup.periodBytes() + odd,
                0,
                1 + random.nextInt(3),
                setup.format(),
                SndWire.RATE_44100 + random.nextInt(2)));
    }

    /** Whatever is answered, the next is sent at once. */
    private void storm() {
        long end = bus.nanoTime() + 20_000_000;
        while (bus.nanoTime() < end) {
            send();
            bus.await(() -> takeBack() > 0, 1_000_000);
        }
    }

    private void send() {
        if (pending >= MOST_PENDING) {
            return;
        }
        int queue = SndWire.TX_QUEUE + random.nextInt(2);
        int stream = random.nextInt(8) == 0 ? random.nextInt(4) - 1 : queue - SndWire.TX_QUEUE;
        int bytes = random.nextInt(MOST_BYTES);
        Message message = new Message(queue, memory.take(4 + bytes), memory.take(SndWire.STATUS_BYTES));
        bus.ram().put32(message.pages, stream);
        chain.clear().readable(message.pages, 4);
        if (bytes > 0 && queue == SndWire.TX_QUEUE) {
            chain.readable(message.pages + 4, bytes);
        } else if (bytes > 0) {
            chain.writable(message.pages + 4, bytes);
        }
        chain.writable(message.status, SndWire.STATUS_BYTES);
        if (queues[queue].add(chain, messages.size())) {
            messages.add(message);
            pending++;
            pci.notifyQueue(queue);
        } else {
            memory.free(message.pages);
            memory.free(message.status);
        }
    }

    private int takeBack() {
        long before = back;
        for (int queue = SndWire.TX_QUEUE; queue <= SndWire.RX_QUEUE; queue++) {
            queues[queue].poll((token, length) -> {
                Message message = messages.get(token);
                memory.free(message.pages);
                memory.free(message.status);
                pending--;
                back++;
            });
        }
        return (int) (back - before);
    }

    /** Releases both streams: everything must come back. */
    void end() {
        if (suspending && !bus.await(this::resume, PATIENCE_NANOS)) {
            throw new GuestTroubleException(true, "the card is not suspended");
        }
        pci.status(pci.status() | VirtioPciCommonCfg.STATUS_DRIVER_OK); // so that every queue is looked at
        for (int stream = 0; stream < 2; stream++) {
            command(SndWire.R_PCM_STOP, stream);
            command(SndWire.R_PCM_RELEASE, stream);
        }
        if (!bus.await(
                () -> {
                    takeBack();
                    return pending == 0;
                },
                PATIENCE_NANOS)) {
            throw new GuestTroubleException(true, pending + " messages do not come back");
        }
        pci.reset();
        memory.freeAll();
    }

    /** Messages that came back. */
    long back() {
        return back;
    }

    /** How often it suspended the card. */
    int suspensions() {
        return suspensions;
    }

    GuestPages memory() {
        return memory;
    }
}
