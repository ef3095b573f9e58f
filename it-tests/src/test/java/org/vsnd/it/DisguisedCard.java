// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import java.util.Map;
import org.vsnd.spi.PciFunction;

/** A card some bytes of whose configuration space read differently. */
final class DisguisedCard extends ForwardingCard {
    private final Map<Integer, Integer> bytes;

    /** @param bytes by offset */
    DisguisedCard(PciFunction card, Map<Integer, Integer> bytes) {
        super(card);
        this.bytes = bytes;
    }

    @Override
    public int readConfig(int offset, int size) {
        int value = super.readConfig(offset, size);
        for (int i = 0; i < size; i++) {
            Integer other = bytes.get(offset + i);
            if (other != null) {
                value = (value & ~(0xff << (8 * i))) | other << (8 * i);
            }
        }
        return value;
    }
}
