// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;

/** Interrupt handlers by number, and what the bus delivers to them. 64 + n is MSI-X vector n, less a pin's line. */
final class InterruptLines {
    static final int FIRST_MSI_IRQ = 64;
    static final long MESSAGE_ADDRESS = 0xfee0_0000L;
    static final int FIRST_MESSAGE_DATA = 0x60;
    private static final int STORM = 1000;

    private static final class Line {
        final int irq;
        final Runnable handler;
        final Deque<Long> arrivals = new ArrayDeque<>(); // of interrupts on their way, in order
        long taken;

        Line(int irq, Runnable handler, long taken) {
            this.irq = irq;
            this.handler = handler;
            this.taken = taken;
        }
    }

    private final Bus bus;
    private final KernelLog log;
    private final List<Line> lines = new ArrayList<>();
    private final List<Runnable> unfinished = new ArrayList<>();
    private boolean returnsLate;
    private @Nullable LongSupplier delays;

    InterruptLines(Bus bus, KernelLog log) {
        this.bus = bus;
        this.log = log;
    }

    private static int data(int irq) {
        return FIRST_MESSAGE_DATA + irq - FIRST_MSI_IRQ;
    }

    void install(int irq, Runnable handler) {
        lines.add(new Line(irq, handler, irq < FIRST_MSI_IRQ ? 0 : bus.messages(data(irq))));
        log.handlerInstalled(irq);
    }

    void remove(int irq) {
        lines.removeIf(line -> line.irq == irq);
    }

    /** From now on handlers go on only when the thread they have woken waits again. */
    void returnLate() {
        returnsLate = true;
    }

    /** From now on interrupts are on their way for that many nanoseconds each, but never overtake each other. */
    void comeLate(LongSupplier nanos) {
        delays = nanos;
    }

    /** When the next one on its way comes, in the bus's time; the farthest future if there is none. */
    long nextArrivalNanos() {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < lines.size(); i++) {
            Long first = lines.get(i).arrivals.peek();
            next = first != null && first < next ? first : next;
        }
        return next;
    }

    private void takeLate(Line line, LongSupplier nanos) {
        long now = bus.nanoTime();
        if (line.irq >= FIRST_MSI_IRQ) {
            for (long sent = bus.messages(data(line.irq)); line.taken < sent; line.taken++) {
                send(line, now + nanos.getAsLong());
            }
        } else if (line.arrivals.isEmpty() && bus.intxAsserted()) {
            send(line, now + nanos.getAsLong());
        }
        while (!line.arrivals.isEmpty() && line.arrivals.peek() <= now) {
            line.arrivals.remove();
            line.handler.run();
        }
    }

    private static void send(Line line, long arrivalNanos) {
        Long last = line.arrivals.peekLast();
        line.arrivals.add(last == null ? arrivalNanos : Math.max(last, arrivalNanos));
    }

    /** What a handler does after it has woken somebody. */
    void afterWaking(Runnable rest) {
        if (returnsLate) {
            unfinished.add(rest);
        } else {
            rest.run();
        }
    }

    /** Calls the handlers of what has arrived. */
    void take() {
        for (int i = 0; i < unfinished.size(); i++) {
            unfinished.get(i).run();
        }
        unfinished.clear();
        for (int i = 0; i < lines.size(); i++) {
            Line line = lines.get(i);
            if (delays != null) {
                takeLate(line, delays);
            } else if (line.irq < FIRST_MSI_IRQ) {
                takeLevel(line);
            } else {
                for (long arrived = bus.messages(data(line.irq)); line.taken < arrived; line.taken++) {
                    line.handler.run();
                }
            }
        }
    }

    private void takeLevel(Line line) {
        for (int times = 0; bus.intxAsserted(); times++) {
            if (times == STORM) {
                throw new DeviceFaultException("INTx stays asserted whatever the handler reads");
            }
            line.handler.run();
        }
    }
}
