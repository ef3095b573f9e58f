// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.vsnd.guest.driver.GuestRam;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.it.reference.PagedMemory;
import org.vsnd.it.reference.ReferenceBus;
import org.vsnd.it.reference.ReferenceHost;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.pci.ecam.EcamLayout;
import org.vsnd.plugin.SoundCard;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.tape.TapeBackend;

/** A machine on the reference host, whose time passes as fast as it can unless the bus is told otherwise. */
final class ReferenceMachine implements Machine {
    private static final long RAM_ADDRESS = 0x8000_0000L;
    /** Where the drivers' firmware puts BARs. */
    private static final EcamLayout LAYOUT =
            new EcamLayout(0x3000_0000L, 0xe000_0000L, 0x1000_0000L, 0x38_0000_0000L, 0x1000_0000L);

    /** Where pin A of device 1 leads to. */
    private static final int LINE = 1;

    private final TapeBackend tape = new TapeBackend();
    private final TapePlugin plugin = new TapePlugin();
    private final InterruptLog interrupts;
    private final EcamHostBridge bridge;
    private final ReferenceBus bus;

    private ReferenceMachine(boolean msi, Map<String, String> options) throws PluginException {
        interrupts = new InterruptLog(msi ? 2048 : 0, false);
        bridge = msi
                ? new EcamHostBridge(LAYOUT, this::setLine, (address, data) -> interrupts.sendMsix(0, address, data))
                : new EcamHostBridge(LAYOUT, this::setLine);
        byte[][] pages = new byte[VirtualMachine.RAM_BYTES / PagedMemory.PAGE][PagedMemory.PAGE];
        PagedMemory memory = new PagedMemory(RAM_ADDRESS, pages);
        ReferenceHost host = new ReferenceHost(memory, bridge.slot(1, 0), plugin, options);
        GuestRam ram = GuestRam.ofPages(RAM_ADDRESS, pages);
        bus = new ReferenceBus(host, bridge, ram, interrupts::intxAsserted, interrupts::messages);
    }

    /**
     * A machine with one card.
     *
     * @param msi whether the host has an MSI controller
     */
    static ReferenceMachine open(boolean msi, Map<String, String> options) {
        try {
            return new ReferenceMachine(msi, options);
        } catch (PluginException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void setLine(int line, boolean asserted) {
        if (line != LINE) {
            throw new IllegalStateException("nobody is on line " + line);
        }
        interrupts.setIntx(asserted);
    }

    /** The card's own view. */
    SoundCard card() {
        return plugin.card;
    }

    /** What the card is plugged into. */
    EcamHostBridge bridge() {
        return bridge;
    }

    /** Interrupts as they came. */
    InterruptLog interrupts() {
        return interrupts;
    }

    @Override
    public ReferenceBus bus() {
        return bus;
    }

    @Override
    public TapeBackend tape() {
        return tape;
    }

    @Override
    public void close() {
        bus.close();
        interrupts.close();
        assertThat(interrupts.strays()).as("stray interrupts").isZero();
        assertThat(interrupts.intxAsserted()).isFalse();
        assertThat(tape.isClosed()).isTrue();
    }

    /** Makes cards that play onto the tape. */
    private final class TapePlugin implements PciDevicePlugin {
        private SoundCard card;

        @Override
        public String id() {
            return VirtioSoundPlugin.ID;
        }

        @Override
        public SoundCard create(Host host, Map<String, String> options) throws PluginException {
            card = new VirtioSoundPlugin().create(host, options, tape);
            return card;
        }
    }
}
