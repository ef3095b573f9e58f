// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.function.IntPredicate;
import org.vsnd.spi.PciFunction;

/** Sits before the card's notification structure, and keeps from the card what it is not to hear. */
final class NotifyTap extends ForwardingCard {
    private static final int NOTIFY_BAR = 4;
    private static final long NOTIFY_OFFSET = 0x3000;
    private static final long NOTIFY_END = 0x4000;

    private final IntPredicate passes;

    /** @param passes told of the queue, before the card hears of it; false: the card does not */
    NotifyTap(PciFunction card, IntPredicate passes) {
        super(card);
        this.passes = passes;
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        boolean notifies = bar == NOTIFY_BAR && offset >= NOTIFY_OFFSET && offset < NOTIFY_END;
        if (!notifies || passes.test((int) value)) {
            super.writeBar(bar, offset, size, value);
        }
    }
}
