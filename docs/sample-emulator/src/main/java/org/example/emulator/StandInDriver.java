// SPDX-License-Identifier: Apache-2.0
package org.example.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.GuestMemoryException;

/**
 * What a guest's kernel does to play sound, as briefly as it can be done: finds the card on the PCI bus, negotiates, sets two
 * virtqueues up, and plays 16-bit stereo at 48000 Hz on stream 0. It looks at the used rings instead of waiting for
 * interrupts. Your guest brings a driver of its own; this one stands in for it. (virtio 1.2, sections 2.7, 4.1 and 5.14.)
 */
final class StandInDriver {
    /** Bytes of a message of 10 ms. */
    static final int PERIOD = 480 * 4;

    private static final int PERIODS = 4; // in flight
    private static final int CONTROL = 0;
    private static final int TX = 2;
    private static final int SIZE = 16; // of a queue
    private static final int OK = 0x8000;

    private final EcamHostBridge bridge;
    private final GuestMemory memory;
    private final long base;
    private final Runnable runAWhile;
    private final long configuration; // of device 1 on the bus
    private long common;
    private long notify;
    private int notifyMultiplier;
    private final int[] notifyOffset = new int[4];
    private final int[] available = new int[4];

    /**
     * @param base guest-physical address at which memory begins
     * @param runAWhile lets guest time pass
     */
    StandInDriver(EcamHostBridge bridge, GuestMemory memory, long base, Runnable runAWhile) {
        this.bridge = bridge;
        this.memory = memory;
        this.base = base;
        this.runAWhile = runAWhile;
        configuration = bridge.layout().ecamAddress() + (1 << 15);
    }

    /** Plays whole periods from the buffer's position to its limit, and returns when the last has been played. */
    void play(ByteBuffer samples) throws GuestMemoryException {
        findStructures();
        startDevice();
        request(0x0101, PERIODS * PERIOD, PERIOD, 0, 2 | 5 << 8 | 7 << 16); // set parameters: 2 channels, S16, 48000 Hz
        request(0x0102); // prepare
        for (int i = 0; i < PERIODS; i++) {
            sendPeriod(i, samples);
        }
        request(0x0104); // start
        int done = 0;
        for (int sent = PERIODS; done < sent; done++) {
            while (used(TX) == (done & 0xffff)) {
                runAWhile.run();
            }
            check(get(period(done % PERIODS) + 4 + PERIOD, 4));
            if (samples.hasRemaining()) {
                sendPeriod(sent++ % PERIODS, samples);
            }
        }
        request(0x0105); // stop
        request(0x0103); // release
    }

    private void findStructures() {
        long bar = bridge.layout().windowAddress();
        bridge.store(configuration + 0x20, 4, bar); // BAR 4, which has 64 bits
        bridge.store(configuration + 0x24, 4, 0);
        bridge.store(configuration + 0x04, 2, 0x6); // memory space, bus master
        for (int at = config(0x34, 1); at != 0; at = config(at + 1, 1)) {
            if (config(at, 1) == 0x09 && config(at + 3, 1) == 1) {
                common = bar + config(at + 8, 4);
            } else if (config(at, 1) == 0x09 && config(at + 3, 1) == 2) {
                notify = bar + config(at + 8, 4);
                notifyMultiplier = config(at + 16, 4);
            }
        }
    }

    private void startDevice() {
        bridge.store(common + 20, 1, 0); // reset
        bridge.store(common + 20, 1, 1 | 2); // acknowledge, driver
        bridge.store(common + 8, 4, 1); // the upper features
        bridge.store(common + 12, 4, 1); // version 1
        bridge.store(common + 20, 1, 1 | 2 | 8); // features are chosen
        for (int queue : new int[] {CONTROL, TX}) {
            bridge.store(common + 22, 2, queue);
            bridge.store(common + 24, 2, SIZE);
            bridge.store(common + 32, 8, base + table(queue));
            bridge.store(common + 40, 8, base + table(queue) + 0x400); // available ring
            bridge.store(common + 48, 8, base + table(queue) + 0x800); // used ring
            notifyOffset[queue] = (int) bridge.load(common + 30, 2) * notifyMultiplier;
            bridge.store(common + 28, 2, 1); // enable
        }
        bridge.store(common + 20, 1, 1 | 2 | 4 | 8); // driver is ready
    }

    /** A request to stream 0, with more words if it has them, and its answer. */
    private void request(int code, int... words) throws GuestMemoryException {
        int message = 0x8000;
        put(message, 4, code);
        put(message + 4, 4, 0);
        for (int i = 0; i < words.length; i++) {
            put(message + 8 + 4 * i, 4, words[i]);
        }
        int length = 8 + 4 * words.length;
        describe(CONTROL, 0, message, length, false);
        describe(CONTROL, 1, message + 64, 4, true);
        int before = used(CONTROL);
        send(CONTROL, 0);
        while (used(CONTROL) == before) {
            runAWhile.run();
        }
        check(get(message + 64, 4));
    }

    private void sendPeriod(int slot, ByteBuffer samples) throws GuestMemoryException {
        put(period(slot), 4, 0); // stream
        memory.write(base + period(slot) + 4, samples.slice().limit(PERIOD));
        samples.position(samples.position() + PERIOD);
        describe(TX, 2 * slot, period(slot), 4 + PERIOD, false);
        describe(TX, 2 * slot + 1, period(slot) + 4 + PERIOD, 8, true);
        send(TX, 2 * slot);
    }

    /** One descriptor; a readable one is followed by the next. */
    private void describe(int queue, int index, int offset, int length, boolean writable) throws GuestMemoryException {
        int at = table(queue) + 16 * index;
        put(at, 8, base + offset);
        put(at + 8, 4, length);
        put(at + 12, 2, writable ? 2 : 1);
        put(at + 14, 2, index + 1);
    }

    private void send(int queue, int head) throws GuestMemoryException {
        int ring = table(queue) + 0x400;
        put(ring + 4 + 2 * (available[queue]++ % SIZE), 2, head);
        memory.storeRelease16(base + ring + 2, (short) available[queue]);
        bridge.store(notify + notifyOffset[queue], 2, queue);
    }

    private int used(int queue) throws GuestMemoryException {
        return memory.loadAcquire16(base + table(queue) + 0x802) & 0xffff;
    }

    private void put(int offset, int bytes, long value) throws GuestMemoryException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        memory.write(base + offset, word.limit(bytes));
    }

    private int get(int offset, int bytes) throws GuestMemoryException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        memory.read(base + offset, word.limit(bytes));
        return (int) word.clear().getLong(0);
    }

    private int config(int offset, int size) {
        return (int) bridge.load(configuration + offset, size);
    }

    private static int table(int queue) {
        return 0x1000 * (1 + queue);
    }

    private static int period(int slot) {
        return 0x10000 + 0x1000 * slot;
    }

    private static void check(int status) {
        if (status != OK) {
            throw new IllegalStateException("the card answers 0x" + Integer.toHexString(status));
        }
    }
}
