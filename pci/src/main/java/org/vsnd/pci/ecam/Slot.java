// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import org.jspecify.annotations.Nullable;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PciInterrupts;

/**
 * A place for one function on the bus of an {@link EcamHostBridge}. Its {@link #interrupts} exist before the function does,
 * since the function's {@link org.vsnd.spi.Host} must offer them:
 *
 * <pre>{@code
 * Slot slot = bridge.slot(1, 0);
 * PciFunction card = plugin.create(host, options); // host.interrupts() is slot.interrupts()
 * slot.plug(card);
 * }</pre>
 *
 * <p>Device thread only.
 */
public final class Slot {
    private static final int INTERRUPT_PIN = 0x3d; // u8 R, 1 is INTA#, 0 none
    private static final int NO_LINE = -1;
    private static final int MOST_VECTORS = 2048;

    private final int device;
    private final Slot functionZero;
    private final SharedLines lines;
    private final @Nullable MsiTarget msi;
    private final BarDecoder decoder;
    private final PciInterrupts interrupts = new Interrupts();

    private @Nullable PciFunction plugged;
    private int line = NO_LINE;
    private boolean asserted;

    /** @param functionZero function 0 of the same device, or null if this is it */
    Slot(int device, @Nullable Slot functionZero, SharedLines lines, @Nullable MsiTarget msi, BarDecoder decoder) {
        this.device = device;
        this.functionZero = functionZero == null ? this : functionZero;
        this.lines = lines;
        this.msi = msi;
        this.decoder = decoder;
    }

    /**
     * The interrupts that the function's host must offer. Without an {@link MsiTarget} there are no MSI-X vectors. Any
     * thread may ask for them.
     */
    public PciInterrupts interrupts() {
        return interrupts;
    }

    /**
     * The function appears on the bus.
     *
     * @param function belongs to the caller, who closes it after {@link #unplug}
     * @throws IllegalStateException if the slot is taken
     */
    public void plug(PciFunction function) {
        if (plugged != null) {
            throw new IllegalStateException("the slot is taken");
        }
        plugged = function;
        int pin = function.readConfig(INTERRUPT_PIN, 1);
        if (pin >= 1 && pin <= IntxLines.COUNT) {
            line = SharedLines.line(device, pin);
            if (asserted) {
                lines.drive(line, true);
            }
        }
        decoder.functionsChanged();
    }

    /** The function disappears, and no longer asserts its line. Does nothing if there is none. */
    public void unplug() {
        if (asserted && line != NO_LINE) {
            lines.drive(line, false);
        }
        plugged = null;
        line = NO_LINE;
        decoder.functionsChanged();
    }

    /** The function, if a guest can see it: one above 0 is hidden while its device has no function 0. */
    @Nullable
    PciFunction visible() {
        return functionZero.plugged == null ? null : plugged;
    }

    void reset() {
        if (plugged != null) {
            plugged.reset();
        }
    }

    private final class Interrupts implements PciInterrupts {
        @Override
        public int msixVectors() {
            return msi == null ? 0 : MOST_VECTORS;
        }

        @Override
        public boolean hostMasksMsix() {
            return false;
        }

        @Override
        public void sendMsix(int vector, long address, int data) {
            if (msi != null && plugged != null) {
                msi.write(address, data);
            }
        }

        @Override
        public boolean msixPending(int vector) {
            return false;
        }

        @Override
        public long deliveryNanos() {
            return lines.deliveryNanos();
        }

        @Override
        public void setIntx(boolean level) {
            if (level == asserted) {
                return;
            }
            asserted = level;
            if (line != NO_LINE) {
                lines.drive(line, level);
            }
        }
    }
}
