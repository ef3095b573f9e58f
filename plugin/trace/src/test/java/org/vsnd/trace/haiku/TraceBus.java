// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.haiku;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DmaGuard;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.haiku.KernelLog;
import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceBlobs;
import org.vsnd.trace.TraceContent;
import org.vsnd.trace.TraceDescriptor;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceStep;

/**
 * Plays the card of a trace. Whoever drives it must do what the trace's guest did, step by step, register by register and
 * byte by byte; the first thing that differs is an error that names the line.
 */
final class TraceBus implements Bus, KernelLog {
    private static final int RAM_BYTES = 32 << 20;
    private static final int MESSAGE_DATA_VALUES = 0x100;
    private static final int DESC_BYTES = 16;

    private final Trace trace;
    private final TraceBlobs blobs;
    private final TraceCard card = new TraceCard();
    private final GuestRam ram = new GuestRam(0, ByteBuffer.allocate(RAM_BYTES));
    private final long[] messages = new long[MESSAGE_DATA_VALUES];
    private boolean intx;
    private int at;
    private long nowMicros;

    TraceBus(Trace trace) {
        this.trace = trace;
        blobs = new TraceBlobs(trace);
    }

    /** The trace ends here, but for interrupts nobody took. */
    void assertAtEnd() {
        deliverInterrupts();
        if (at != trace.steps().size()) {
            throw unexpected("the guest is done");
        }
    }

    private AssertionError unexpected(String what) {
        String expected = at < trace.steps().size() ? trace.steps().get(at).toString() : "its end";
        return new AssertionError(trace.name() + ":" + (at + 1) + ": " + what + ", but the trace has " + expected);
    }

    private Optional<TraceStep> peek() {
        while (at < trace.steps().size() && trace.steps().get(at) instanceof TraceStep.Reset) {
            at++; // said by the write before it
        }
        return at < trace.steps().size() ? Optional.of(trace.steps().get(at)) : Optional.empty();
    }

    private TraceStep take() {
        TraceStep step = trace.steps().get(at++);
        nowMicros = step.micros();
        return step;
    }

    private void deliverInterrupts() {
        while (peek().orElse(null) instanceof TraceStep.Interrupt interrupt) {
            take();
            deliver(interrupt);
        }
    }

    private void deliver(TraceStep.Interrupt interrupt) {
        if (interrupt.kind() == TraceStep.InterruptKind.INTX) {
            intx = true;
        } else {
            messages[card.messageData(interrupt.vector())]++;
        }
    }

    private <T extends TraceStep> T expect(Class<T> type, String what) {
        deliverInterrupts();
        if (!type.isInstance(peek().orElse(null))) {
            throw unexpected(what);
        }
        return type.cast(take());
    }

    private void check(boolean asInTrace, String what) {
        if (!asInTrace) {
            at--;
            throw unexpected(what);
        }
    }

    @Override
    public int readConfig(int offset, int size) {
        String what = String.format("the guest reads %d bytes of configuration at 0x%x", size, offset);
        TraceStep.ConfigAccess access = expect(TraceStep.ConfigAccess.class, what);
        check(!access.write() && access.offset() == offset && access.size() == size, what);
        card.configRead(offset, size, (int) access.value());
        return (int) access.value();
    }

    @Override
    public void writeConfig(int offset, int size, int value) {
        long unsigned = value & (size == 4 ? 0xffff_ffffL : (1L << (8 * size)) - 1);
        String what = String.format("the guest writes 0x%x to %d bytes of configuration at 0x%x", value, size, offset);
        TraceStep.ConfigAccess access = expect(TraceStep.ConfigAccess.class, what);
        check(access.write() && access.offset() == offset && access.size() == size && access.value() == unsigned, what);
    }

    @Override
    public long readBar(int bar, long offset, int size) {
        String what = String.format("the guest reads %d bytes of BAR %d at 0x%x", size, bar, offset);
        TraceStep.BarAccess access = expect(TraceStep.BarAccess.class, what);
        check(!access.write() && isAt(access, bar, offset, size), what);
        card.barRead(bar, offset, access.value());
        if (card.isIsr(bar, offset)) {
            intx = false;
        }
        return access.value();
    }

    private static boolean isAt(TraceStep.BarAccess access, int bar, long offset, int size) {
        return access.bar() == bar && access.offset() == offset && access.size() == size;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        String what = String.format("the guest writes 0x%x to %d bytes of BAR %d at 0x%x", value, size, bar, offset);
        TraceStep.BarAccess access = expect(TraceStep.BarAccess.class, what);
        check(access.write() && isAt(access, bar, offset, size) && access.value() == value, what);
        card.barWritten(bar, offset, value);
        deliverInterrupts();
        if (peek().orElse(null) instanceof TraceStep.Avail avail) {
            take();
            checkChain(avail);
        }
    }

    private void checkChain(TraceStep.Avail avail) {
        TraceCard.Ring ring = card.ring(avail.queue());
        String what = "the guest made another chain available";
        check(ram.get16(ring.avail()) == avail.availFlags(), "the avail ring has other flags");
        check(ram.get16(ring.avail() + 2) == avail.availIdx(), "the avail ring has another index");
        int slot = (avail.availIdx() - 1) & (ring.size() - 1);
        check(ram.get16(ring.avail() + 4 + 2L * slot) == avail.head(), what);
        int index = avail.head();
        for (TraceDescriptor descriptor : avail.chain()) {
            long entry = ring.desc() + (long) DESC_BYTES * index;
            check(
                    index == descriptor.index()
                            && get64(entry) == descriptor.address()
                            && ram.get32(entry + 8) == descriptor.length()
                            && ram.get16(entry + 12) == descriptor.flags(),
                    what);
            checkContent(descriptor);
            index = ram.get16(entry + 14);
        }
    }

    private void checkContent(TraceDescriptor descriptor) {
        byte[] bytes = ram.read(descriptor.address(), (int) descriptor.length());
        if (descriptor.content() instanceof TraceContent.Hex) {
            check(Arrays.equals(bytes, bytesOf(descriptor)), "the guest wrote something else");
        } else if (descriptor.content() instanceof TraceContent.Summary summary) {
            check(TraceBlobs.crc32(bytes).equals(summary.crc32()), "the guest wrote other sound");
        }
    }

    private byte[] bytesOf(TraceDescriptor descriptor) {
        try {
            return blobs.bytes(descriptor)
                    .orElseThrow(() -> new IllegalStateException("the trace does not say what was written"));
        } catch (TraceException e) {
            throw new IllegalStateException(e);
        }
    }

    private long get64(long address) {
        return (ram.get32(address) & 0xffff_ffffL) | ((long) ram.get32(address + 4) << 32);
    }

    private void use(TraceStep.Used used) {
        TraceCard.Ring ring = card.ring(used.queue());
        for (TraceDescriptor descriptor : used.written()) {
            ram.write(descriptor.address(), bytesOf(descriptor));
        }
        long element = ring.used() + 4 + 8L * ((used.usedIdx() - 1) & (ring.size() - 1));
        ram.put32(element, used.id());
        ram.put32(element + 4, (int) used.length());
        ram.put16(ring.used() + 2, used.usedIdx());
    }

    @Override
    public boolean await(BooleanSupplier condition, long timeoutNanos) {
        while (!condition.getAsBoolean()) {
            TraceStep step = peek().orElse(null);
            if (step instanceof TraceStep.Interrupt interrupt) {
                take();
                deliver(interrupt);
            } else if (step instanceof TraceStep.Used used) {
                take();
                use(used);
            } else if (step instanceof TraceStep.Hang) {
                return false;
            } else {
                throw unexpected("the guest waits");
            }
        }
        return true;
    }

    /** What the trace's guest would wait for here for ever. */
    String takeHang() {
        return expect(TraceStep.Hang.class, "the guest hangs").what();
    }

    @Override
    public void pass(long nanos) {
        // the trace has its own times
    }

    @Override
    public GuestRam ram() {
        return ram;
    }

    @Override
    public DmaGuard guard() {
        return DmaGuard.NONE;
    }

    @Override
    public long messages(int data) {
        return messages[data];
    }

    @Override
    public boolean intxAsserted() {
        return intx;
    }

    @Override
    public long nanoTime() {
        return nowMicros * 1000;
    }

    @Override
    public void areaCreated(String name, long address, int bytes) {
        String what = String.format("the guest makes area '%s' of %d bytes at 0x%x", name, bytes, address);
        TraceStep.Area area = expect(TraceStep.Area.class, what);
        check(area.name().equals(name) && area.address() == address && area.size() == bytes, what);
    }

    @Override
    public void areaDeleted(long address, int bytes) {
        String what = String.format("the guest deletes the area of %d bytes at 0x%x", bytes, address);
        TraceStep.AreaFree area = expect(TraceStep.AreaFree.class, what);
        check(area.address() == address && area.size() == bytes, what);
    }

    @Override
    public void barMapped(int bar, long bytes) {
        String what = "the guest maps " + bytes + " bytes of BAR " + bar;
        TraceStep.MapBar map = expect(TraceStep.MapBar.class, what);
        check(map.bar() == bar && map.offset() == 0 && map.size() == bytes, what);
    }

    @Override
    public void handlerInstalled(int irq) {
        String what = "the guest installs a handler for interrupt " + irq;
        check(expect(TraceStep.InterruptInstall.class, what).irq() == irq, what);
    }

    @Override
    public void mark(String name) {
        String what = "the guest comes to '" + name + "'";
        check(expect(TraceStep.Mark.class, what).name().equals(name), what);
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
