package org.vsnd.it.haiku;

import java.util.function.BooleanSupplier;
import org.vsnd.it.driver.Bus;

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
    private BooleanSupplier awaited = available;
    private int acquired;
    private boolean snoozesUntil;

    HaikuKernel(Bus bus, KernelLog log) {
        this.bus = bus;
        this.log = log;
        areas = new AreaSpace(bus.ram());
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
     * @throws org.vsnd.it.driver.DeviceFaultException if anybody has written to it
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
        if (!await(available)) {
            throw new GuestHangsException(
                    "acquire_sem(id " + id + " = " + semaphores.name(id) + "): missing interrupt");
        }
        semaphores.take(id);
    }

    private boolean isAvailable() {
        return semaphores.isAvailable(acquired);
    }

    // time

    /** Microseconds since the machine was switched on. */
    long systemTime() {
        return bus.nanoTime() / NANOS_PER_MICRO;
    }

    /** The guest's thread sleeps. */
    void snooze(long nanos) {
        bus.pass(nanos);
    }

    /**
     * snooze_until with CLOCK_REALTIME: the time is taken for one of the calendar, long past, so that it does not sleep;
     * unless {@link #sleepsUntil} was called.
     */
    void snoozeUntil(long micros) {
        long left = micros * NANOS_PER_MICRO - bus.nanoTime();
        if (snoozesUntil && left > 0) {
            bus.pass(left);
        }
    }

    /** A kernel whose snooze_until takes a time since boot for what it is meant to be, and sleeps. */
    public void sleepsUntil() {
        snoozesUntil = true;
    }

    /** Spins until the condition holds, taking interrupts. {@code what} says in the hang's words what for. */
    void spin(BooleanSupplier condition, String what) {
        if (!await(condition)) {
            throw new GuestHangsException(what);
        }
    }

    private boolean await(BooleanSupplier condition) {
        awaited = condition;
        return bus.await(waiting, HANG_NANOS);
    }

    private boolean isOver() {
        lines.take();
        return awaited.getAsBoolean();
    }

    // interrupts

    InterruptLines interrupts() {
        return lines;
    }

    /**
     * A kernel in which the thread that a handler has woken gets ahead of it on another CPU: it sends its next request
     * before the handler goes on.
     */
    public void handlersReturnLate() {
        lines.returnLate();
    }
}
