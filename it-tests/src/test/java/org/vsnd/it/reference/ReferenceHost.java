// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.reference;

import java.util.Map;
import java.util.Optional;
import org.vsnd.pci.ecam.Slot;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PciInterrupts;
import org.vsnd.spi.PluginException;

// guide: host
/** What the emulator offers a card, which it makes and plugs into a slot of its bus. */
public final class ReferenceHost implements Host, AutoCloseable {
    private final GuestClock clock = new GuestClock();
    private final GuestMemory memory;
    private final Slot slot;
    private final PciFunction card;

    public ReferenceHost(GuestMemory memory, Slot slot, PciDevicePlugin plugin, Map<String, String> options)
            throws PluginException {
        this.memory = memory;
        this.slot = slot;
        card = plugin.create(this, options);
        slot.plug(card);
    }

    @Override
    public GuestMemory memory() {
        return memory;
    }

    @Override
    public PciInterrupts interrupts() {
        return slot.interrupts();
    }

    @Override
    public GuestClock thread() {
        return clock;
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return Optional.empty(); // nothing beyond this
    }

    /** The card is taken out. */
    @Override
    public void close() {
        slot.unplug();
        card.close();
    }
}
// guide: end
