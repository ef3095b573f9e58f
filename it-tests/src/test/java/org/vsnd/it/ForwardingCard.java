// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.List;
import org.vsnd.spi.Bar;
import org.vsnd.spi.PciFunction;

/** A function behind which another one is. */
class ForwardingCard implements PciFunction {
    private final PciFunction card;

    ForwardingCard(PciFunction card) {
        this.card = card;
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
    public void writeBar(int bar, long offset, int size, long value) {
        card.writeBar(bar, offset, size, value);
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
