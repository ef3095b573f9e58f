// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.vsnd.guest.driver.Bus;

/**
 * What drivers ask of Haiku's kernel: areas, semaphores, time and interrupts. Everything runs on the caller's thread;
 * interrupts are taken while it waits. Waiting that makes no progress for 3 s of the bus's time is a hang.
 */
public final class HaikuKernel {
    private static final long HANG_NANOS = 3_000_000_000L;
    private static final long NANOS_PER_MICRO = 1000;

    private final Bus bus;
    private final KernelLog log;
    private final AreaSpace areas;
    private final InterruptLines lines;
    private final Semaphores semaphores = new Semaphores();
    private final BooleanSupplier waiting = this::isOver;
    private final BooleanSupplier available = this::isAvailable;
    private final BooleanSupplier never = this::isNever;
    private BooleanSupplier awaited = available;
    private boolean over; // what is awaited, when it was looked at last
    private int acquired;
    private boolean snoozesUntil;
    private boolean interruptsComeLate;
    private long lookedUntilNanos = Long.MAX_VALUE;

    HaikuKernel(Bus bus, KernelLog log, HaikuVersion version) {
        this.bus = bus;
        this.log = log;
        areas = new AreaSpace(bus.ram(), version == HaikuVersion.KERNEL);
        lines = new InterruptLines(bus, log);
    }

    Bus bus() {
        return bus;
    }

    KernelLog log() {
        return log;
    }

    // areas

    /** Memory in whole pages, filled with zeros. */
    Area createArea(String name, int bytes) {
        Area area = areas.create(name, bytes);
        log.areaCreated(name, area.address(), area.bytes());
        return area;
    }

    /** Does nothing if the area is gone already, as drivers that delete twice find. */
    void deleteArea(Area area) {
        if (areas.delete(area)) {
            log.areaDeleted(area.address(), area.bytes());
        }
    }

    /** area_for and delete_area: whatever area lies there, if there is one. */
    void deleteAreaAt(long address) {
        Area area = areas.at(address);
        if (area != null) {
            deleteArea(area);
        }
    }

    /**
     * Somebody is about to use an area.
     *
     * @throws KernelPanicException if it is no more
     */
    void touch(Area area, String who) {
        if (!areas.isLive(area)) {
            throw new KernelPanicException(area.address(), who);
        }
    }

    /** The driver uses a deleted area nevertheless, so that what it holds is anybody's guess. */
    void useAfterDelete(Area area) {
        areas.abandon(area);
    }

    /** Areas that nobody has deleted yet. */
    public int liveAreas() {
        return areas.liveCount();
    }

    /**
     * Looks at all deleted memory that was not used again.
     *
     * @throws org.vsnd.guest.driver.DeviceFaultException if anybody has written to it
     */
    public void checkDeletedAreas() {
        areas.checkDeleted();
    }

    // semaphores

    Semaphores semaphores() {
        return semaphores;
    }

    /** Waits for a semaphore and takes it. */
    void acquire(int id) {
        acquired = id;
        if (!await(available, HANG_NANOS)) {
            throw new GuestHangsException(
                    "acquire_sem(id " + id + " = " + semaphores.name(id) + "): missing interrupt");
        }
        semaphores.take(id);
    }

    private boolean isAvailable() {
        return semaphores.isAvailable(acquired);
    }

    // time

    private boolean isNever() {
        return false;
    }

    /** Microseconds since the machine was switched on. */
    long systemTime() {
        return bus.nanoTime() / NANOS_PER_MICRO;
    }

    /** The guest's thread sleeps. */
    void snooze(long nanos) {
        if (interruptsComeLate) {
            await(never, nanos);
        } else {
            bus.pass(nanos);
        }
    }

    /** The kernel is at work for so long, interrupts enabled. In a kernel whose interrupts come at once it takes no time. */
    void work(long nanos) {
        if (interruptsComeLate) {
            await(never, nanos);
        }
    }

    /**
     * snooze_until with CLOCK_REALTIME: the time is taken for one of the calendar, long past, so that it does not sleep;
     * unless {@link #sleepsUntil} was called.
     */
    void snoozeUntil(long micros) {
        long left = micros * NANOS_PER_MICRO - bus.nanoTime();
        if (snoozesUntil && left > 0) {
            snooze(left);
        }
    }

    /** A kernel whose snooze_until takes a time since boot for what it is meant to be, and sleeps. */
    public void sleepsUntil() {
        snoozesUntil = true;
    }

    /** Spins until the condition holds, taking interrupts. {@code what} says in the hang's words what for. */
    void spin(BooleanSupplier condition, String what) {
        if (!await(condition, HANG_NANOS)) {
            throw new GuestHangsException(what);
        }
    }

    private boolean await(BooleanSupplier condition, long timeoutNanos) {
        awaited = condition;
        long limitNanos = bus.nanoTime() + timeoutNanos;
        while (true) {
            lookedUntilNanos = Math.min(limitNanos, lines.nextArrivalNanos());
            boolean looked = bus.await(waiting, Math.max(0, lookedUntilNanos - bus.nanoTime()));
            if (over) {
                return true;
            }
            if (!looked && lookedUntilNanos == limitNanos) {
                return false;
            }
        }
    }

    private boolean isOver() {
        lines.take();
        over = awaited.getAsBoolean();
        return over || lines.nextArrivalNanos() < lookedUntilNanos;
    }

    // interrupts

    InterruptLines interrupts() {
        return lines;
    }

    /** A machine whose interrupts are on their way for that many nanoseconds each before a processor takes them. */
    public void interruptsComeLate(LongSupplier nanos) {
        interruptsComeLate = true;
        lines.comeLate(nanos);
    }

    /**
     * A kernel in which the thread that a handler has woken gets ahead of it on another CPU: it sends its next request
     * before the handler goes on.
     */
    public void handlersReturnLate() {
        lines.returnLate();
    }
}
