// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/**
 * Finds the BAR for an address. The functions' own registers decide; they are read again only after something
 * that may have changed them.
 */
final class BarDecoder {
    private final Slot[] slots;
    private final List<DecodedBar> bars = new ArrayList<>();
    private boolean stale;

    /** @param slots of the bus; must be filled before the first function comes */
    BarDecoder(Slot[] slots) {
        this.slots = slots;
    }

    /** Functions have come or gone. */
    void functionsChanged() {
        bars.clear();
        for (Slot slot : slots) {
            PciFunction function = slot.visible();
            if (function != null) {
                for (Bar bar : function.bars()) {
                    bars.add(new DecodedBar(function, bar));
                }
            }
        }
        stale = true;
    }

    /** A function's registers may have changed. */
    void registersChanged() {
        stale = true;
    }

    /** The BAR that answers for the byte at an address; of several, the first in the order of the slots. */
    @Nullable
    DecodedBar at(long address) {
        if (stale) {
            stale = false;
            for (int i = 0; i < bars.size(); i++) {
                bars.get(i).refresh();
            }
        }
        for (int i = 0; i < bars.size(); i++) {
            if (bars.get(i).holds(address)) {
                return bars.get(i);
            }
        }
        return null;
    }
}
