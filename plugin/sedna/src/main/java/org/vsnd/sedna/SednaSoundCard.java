// SPDX-License-Identifier: Apache-2.0
package org.vsnd.sedna;

import java.util.Map;
import java.util.Optional;
import li.cil.sedna.Sedna;
import li.cil.sedna.api.Board;
import li.cil.sedna.api.Interrupt;
import li.cil.sedna.api.device.rtc.RealTimeCounter;
import li.cil.sedna.devicetree.DeviceTreeRegistry;
import org.vsnd.pci.ecam.EcamHostBridge;
import org.vsnd.pci.ecam.EcamLayout;
import org.vsnd.pci.ecam.Slot;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PciInterrupts;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.SnapshotException;
import org.vsnd.spi.Snapshotable;

/**
 * A sound card in a Sedna machine:
 *
 * <pre>{@code
 * R5Board board = new R5Board();
 * SednaSoundCard card = SednaSoundCard.plugInto(board, board.getCpu(), 5, new VirtioSoundPlugin(), Map.of());
 * // memory, firmware, other devices
 * board.initialize(); // builds the device tree, so the card has to be there by now
 * }</pre>
 *
 * <p>Everything happens on the thread that steps the board. The card's time is the processor's, as of the end of the step
 * before: step some 10,000 cycles at a time, and no more of them a second than its frequency, or sound is as fast as the
 * emulator.
 */
public final class SednaSoundCard implements AutoCloseable {
    /** 1 MiB of configuration space at 768 MiB and 16 MiB for BARs at 1 GiB, where Sedna itself puts nothing. */
    public static final EcamLayout LAYOUT = new EcamLayout(0x3000_0000L, 0x4000_0000L, 16L << 20);

    private static final int DEVICE = 1;

    static {
        Sedna.initialize(); // Sedna's own device tree nodes, from which ours are made
        DeviceTreeRegistry.putProvider(EcamWindow.class, new EcamWindow.Node());
        DeviceTreeRegistry.putProvider(BarWindow.class, new BarWindow.Node());
    }

    private final Board board;
    private final Interrupt interrupt;
    private final EcamHostBridge bridge;
    private final BoardClock clock;
    private final EcamWindow ecam;
    private final BarWindow bars;
    private final Slot slot;
    private final PciFunction card;

    private SednaSoundCard(
            Board board, RealTimeCounter counter, int interruptId, PciDevicePlugin plugin, Map<String, String> options)
            throws PluginException {
        this.board = board;
        interrupt = new Interrupt();
        interrupt.set(interruptId, board.getInterruptController());
        bridge = new EcamHostBridge(LAYOUT, (line, asserted) -> setInterrupt(asserted));
        clock = new BoardClock(counter);
        ecam = new EcamWindow(bridge, LAYOUT, clock, board.getInterruptController(), interruptId);
        bars = new BarWindow(bridge, LAYOUT);
        slot = bridge.slot(DEVICE, 0);
        card = plugin.create(new BoardHost(new BoardMemory(board.getMemoryMap()), slot.interrupts(), clock), options);
    }

    /**
     * Gives a board a sound card, as the only function of a PCI bus at {@link #LAYOUT}.
     *
     * @param board must not have a device in the windows of {@link #LAYOUT}
     * @param counter the board's clock, its processor
     * @param interrupt of the board's interrupt controller, 1..31, not used by another device
     * @param plugin the card's
     * @param options as {@code plugin.yaml} describes them
     * @throws PluginException if an option is wrong, or the windows or the interrupt are not available
     */
    public static SednaSoundCard plugInto(
            Board board, RealTimeCounter counter, int interrupt, PciDevicePlugin plugin, Map<String, String> options)
            throws PluginException {
        if (interrupt < 1 || interrupt > board.getInterruptCount()) {
            throw new PluginException(
                    "interrupt " + interrupt + " does not exist: choose one from 1 to " + board.getInterruptCount());
        }
        SednaSoundCard card = new SednaSoundCard(board, counter, interrupt, plugin, options);
        card.slot.plug(card.card);
        if (!board.addDevice(LAYOUT.ecamAddress(), card.ecam) || !board.addDevice(LAYOUT.windowAddress(), card.bars)) {
            card.close();
            throw new PluginException("the board has another device at "
                    + String.format("0x%x or 0x%x", LAYOUT.ecamAddress(), LAYOUT.windowAddress())
                    + ", where the sound card's PCI bus goes: move that device");
        }
        return card;
    }

    /** The card, for saving beside the board; Sedna's serialization does not include it. Call between two steps. */
    public byte[] snapshot() {
        return snapshotable().snapshot();
    }

    /**
     * Restores the card that was saved, after the board has been restored and before its next step.
     *
     * @throws SnapshotException if this is not a snapshot of a card with these options; the card is then as before
     */
    public void restore(byte[] snapshot) throws SnapshotException {
        clock.resume();
        snapshotable().restore(snapshot);
        bridge.refresh();
    }

    private Snapshotable snapshotable() {
        return card.ability(Snapshotable.class)
                .orElseThrow(() -> new UnsupportedOperationException("this plugin's card cannot be saved"));
    }

    private void setInterrupt(boolean asserted) {
        if (asserted) {
            interrupt.raiseInterrupt();
        } else {
            interrupt.lowerInterrupt();
        }
    }

    /** Takes the card out of the board. The board must not be in a step. */
    @Override
    public void close() {
        board.removeDevice(ecam);
        board.removeDevice(bars);
        slot.unplug();
        card.close();
    }

    private record BoardHost(GuestMemory memory, PciInterrupts interrupts, BoardClock thread) implements Host {
        @Override
        public <T> Optional<T> ability(Class<T> type) {
            return Optional.empty();
        }
    }
}
