// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.vsnd.guest.driver.DeviceFaultException;
import org.vsnd.guest.driver.DriverQueue;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;

/**
 * A guest that writes random numbers wherever it can: registers, rings of both formats, requests. In between it does something
 * sensible, so that it gets deep. Its driver is of a style that is drawn anew whenever it restarts.
 */
final class HostileGuest {
    private static final int RAM = VirtualMachine.RAM_BYTES;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final int AVAIL = 1 << 7;
    private static final int USED = 1 << 15;
    private static final int RUNNING = 15;
    private static final int SUSPEND = 16;
    private static final int SUSPENDED = 0x1b;
    private static final int QUEUES = 4;

    private final VirtualMachine machine;
    private final Random random;
    private final boolean drawsRings;
    private SoundDriver driver;
    private int restarts;
    private int accepted;
    private int returned;
    private int packed;
    private int suspended;

    /** @param drawsRings whether it takes features of the rings; otherwise it is plain */
    HostileGuest(VirtualMachine machine, Random random, boolean drawsRings) {
        this.machine = machine;
        this.random = random;
        this.drawsRings = drawsRings;
        driver = begin();
    }

    private SoundDriver begin() {
        DriverStyle style = DriverStyle.PLAIN;
        if (drawsRings) {
            long rings = Habits.drawRings(random) | (random.nextBoolean() ? Features.RING_PACKED : 0);
            style = style.withRing(random.nextBoolean(), random.nextBoolean()).withFeatures(rings);
            style = style.withQueueSize(random.nextBoolean() ? 0 : 1 << (2 + random.nextInt(5)));
        }
        SoundDriver begun = machine.driver(style);
        begun.onCompletion(message -> returned++);
        return begun;
    }

    /** How often the driver found that something is not as it was. */
    int restarts() {
        return restarts;
    }

    /** Requests that were carried out. */
    int accepted() {
        return accepted;
    }

    /** Messages that came back. */
    int returned() {
        return returned;
    }

    /** How often a packed ring was tampered with. */
    int packed() {
        return packed;
    }

    /** How often the card was seen suspended. */
    int suspended() {
        return suspended;
    }

    /** Does one thing. */
    void act() {
        switch (random.nextInt(12)) {
            case 0 -> machine.bus().writeConfig(configOffset(), size(4), value());
            case 1 -> machine.bus().readConfig(random.nextInt(4096), size(4));
            case 2 -> machine.bus().writeBar(random.nextInt(6), random.nextInt(0x4100), size(8), random.nextLong());
            case 3 -> machine.bus().readBar(random.nextInt(6), random.nextInt(0x4100) - 64L, size(8));
            case 4 -> driver.pci().common(2 * random.nextInt(32), 2, random.nextInt(6));
            case 5 -> writeStatus();
            case 6 -> notifyAny();
            case 7, 8 -> scribble();
            case 9, 10 -> useOrRestart();
            default -> machine.bus().pass(random.nextInt(30_000_000));
        }
    }

    private int configOffset() {
        return random.nextBoolean() ? random.nextInt(256) : random.nextInt(4096);
    }

    private int size(int most) {
        return Math.min(most, 1 << random.nextInt(4));
    }

    private int value() {
        return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(3) - 1;
    }

    private void writeStatus() {
        if (!drawsRings || random.nextInt(3) == 0) {
            driver.pci().status(random.nextInt(4) == 0 ? random.nextInt(256) : RUNNING);
            return;
        }
        int status = driver.pci().status();
        suspended += (status & SUSPEND) != 0 ? 1 : 0;
        driver.pci().status(random.nextBoolean() ? RUNNING | SUSPEND : status == SUSPENDED ? SUSPENDED | 4 : status);
    }

    private void notifyAny() {
        long data = random.nextInt(8) | (random.nextBoolean() ? (long) random.nextInt() << 16 : 0);
        machine.bus().writeBar(4, 0x3000 + 4L * random.nextInt(6), random.nextBoolean() ? 2 : 4, data);
    }

    /** Random numbers where descriptors, indexes and requests are. */
    private void scribble() {
        scribbleQuietly();
        if (drawsRings && random.nextInt(3) == 0) {
            driver.pci().notifyQueue(random.nextInt(QUEUES));
        }
    }

    /** The same without a notification. */
    void scribbleQuietly() {
        DriverQueue queue = driver.pci().queue(random.nextInt(QUEUES));
        if ((driver.pci().features() & Features.RING_PACKED) != 0 && random.nextInt(4) > 0) {
            packed++;
            scribblePacked(queue);
            return;
        }
        GuestRam ram = machine.bus().ram();
        long base = switch (random.nextInt(3)) {
            case 0 -> queue.descAddress();
            case 1 -> queue.availAddress();
            default -> queue.usedAddress();
        };
        for (int i = random.nextInt(8); i >= 0; i--) {
            long at = base + 2L * random.nextInt(16);
            switch (random.nextInt(3)) {
                case 0 -> ram.put16(at, random.nextInt(8));
                case 1 -> ram.put32(base + 16L * random.nextInt(4), random.nextInt(RAM));
                default -> ram.put16(at, random.nextInt());
            }
        }
    }

    /** What a packed ring must not have: at the place where the device looks, as far as the driver knows. */
    private void scribblePacked(DriverQueue queue) {
        GuestRam ram = machine.bus().ram();
        int next = queue.nextAvailable() & 0x7fff;
        int available = queue.nextAvailable() >>> 15 != 0 ? AVAIL : USED;
        long ring = queue.descAddress();
        long at = ring + 16L * next;
        switch (random.nextInt(10)) {
            case 0 -> ram.put16(at + 14, random.nextInt(8) | wrapFlags());
            case 1 -> { // goes on and on
                for (int i = 0; i < queue.size(); i++) {
                    ram.put16(ring + 16L * i + 14, NEXT | (i >= next ? available : available ^ (AVAIL | USED)));
                }
            }
            case 2 -> { // a table in the ring itself, of any length
                ram.put64(at, ring + 16L * random.nextInt(queue.size()));
                ram.put32(at + 8, random.nextBoolean() ? random.nextInt() : 16 * random.nextInt(2050));
                ram.put16(at + 14, INDIRECT | random.nextInt(4) | available);
            }
            case 3 -> ram.put16(at + 12, random.nextBoolean() ? random.nextInt() : random.nextInt(queue.size() + 2));
            case 4 -> {
                ram.put32(at + 8, random.nextInt(3) - 1); // 4 GiB, nothing, next to nothing
                ram.put16(at + 14, random.nextInt(4) | available);
            }
            case 5 -> ram.put64(at, random.nextBoolean() ? random.nextLong() : -1 - random.nextInt(64));
            case 6 -> ram.put32(queue.availAddress(), random.nextInt());
            case 7 -> ram.put32(queue.usedAddress(), random.nextInt());
            case 8 -> { // lists of any kind, with the ids of others
                for (int i = 0; i < random.nextInt(8) && next + i < queue.size(); i++) {
                    ram.put32(at + 16L * i + 8, 16 * random.nextInt(4));
                    ram.put16(at + 16L * i + 12, random.nextInt(queue.size()));
                    ram.put16(at + 16L * i + 14, random.nextInt(4) | available);
                }
            }
            default -> ram.put16(ring + 16L * random.nextInt(queue.size()) + 14, random.nextInt(8) | wrapFlags());
        }
    }

    private int wrapFlags() {
        return (random.nextBoolean() ? AVAIL : 0)
                | (random.nextBoolean() ? USED : 0)
                | (random.nextBoolean() ? WRITE : 0);
    }

    /** What the driver complains of is its own doing. */
    private void useOrRestart() {
        try {
            switch (random.nextInt(4)) {
                case 0 -> {
                    machine.bus().writeConfig(4, 2, 0x6);
                    if (drawsRings && random.nextBoolean()) {
                        driver = begin();
                    } else {
                        driver.start();
                    }
                }
                case 1 ->
                    count(driver.setParams(random.nextInt(3), StreamSetup.s16At48k(480, random.nextInt(3) * 480)));
                case 2 -> count(driver.command(SndWire.R_PCM_PREPARE + random.nextInt(4), random.nextInt(3)));
                default -> {
                    int stream = random.nextInt(3);
                    driver.submit(driver.message(stream, stream < 2, random.nextInt(2000)));
                    driver.poll();
                }
            }
        } catch (DeviceFaultException e) {
            restarts++; // the rings are not what they were: no wonder
        } catch (IllegalStateException | IllegalArgumentException e) {
            // the driver's queue or memory is full, or its own ring leads it astray; the device must not throw
            assertThat(e.getStackTrace()[0].getClassName()).startsWith("org.vsnd.guest.driver.");
        }
    }

    private void count(int status) {
        accepted += status == SndWire.S_OK ? 1 : 0;
    }
}
