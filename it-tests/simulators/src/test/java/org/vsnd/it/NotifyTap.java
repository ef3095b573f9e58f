package org.vsnd.it;

import java.util.List;
import java.util.function.IntPredicate;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/** Sits between a host and the card's notification structure, and keeps from the card what it is not to hear. */
final class NotifyTap implements PciFunction {
    private static final int NOTIFY_BAR = 4;
    private static final long NOTIFY_OFFSET = 0x3000;
    private static final long NOTIFY_END = 0x4000;

    private final PciFunction card;
    private final IntPredicate passes;

    /** @param passes told of the queue, before the card hears of it; false: the card does not */
    NotifyTap(PciFunction card, IntPredicate passes) {
        this.card = card;
        this.passes = passes;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        boolean notifies = bar == NOTIFY_BAR && offset >= NOTIFY_OFFSET && offset < NOTIFY_END;
        if (!notifies || passes.test((int) value)) {
            card.writeBar(bar, offset, size, value);
        }
    }

    @Override
    public List<Bar> bars() {
        return card.bars();
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
        return card.readBar(bar, offset, size);
    }

    @Override
    public void reset() {
        card.reset();
    }

    @Override
    public void close() {
        card.close();
    }
}
