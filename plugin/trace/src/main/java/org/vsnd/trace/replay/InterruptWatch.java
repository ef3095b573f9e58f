// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.ArrayList;
import java.util.List;
import org.vsnd.spi.PciInterrupts;

/**
 * The interrupts of a card whose MSI-X table a trace has filled: messages that the table does not hold are strays, and
 * whoever wants to know what was there when one came is told at once.
 */
final class InterruptWatch implements PciInterrupts {
    /** Told of every interrupt at the moment it is raised. */
    interface Listener {
        /** A message of this vector was sent. */
        void message(int vector);

        /** INTA# has risen. */
        void asserted();
    }

    private static final int MSIX_VECTORS = 2048;
    private static final int ENTRY_BYTES = 16;
    private static final int ADDRESS_AND_DATA_BYTES = 12;
    private static final int MAX_STRAYS = 20;

    private final byte[] table = new byte[MSIX_VECTORS * ENTRY_BYTES];
    private final List<String> strays = new ArrayList<>();
    private final boolean hostMasks;
    private final Listener listener;
    private boolean asserted;
    private long falls;
    private boolean closed;

    /** @param hostMasks whether the table is the host's, and not in the trace */
    InterruptWatch(boolean hostMasks, Listener listener) {
        this.hostMasks = hostMasks;
        this.listener = listener;
        for (int vector = 0; vector < MSIX_VECTORS; vector++) {
            table[vector * ENTRY_BYTES + ADDRESS_AND_DATA_BYTES] = 1; // masked, as after reset
        }
    }

    /** The driver has written to the table. */
    void wroteTable(long offset, int size, long value) {
        for (int i = 0; i < size && offset + i < table.length; i++) {
            table[(int) offset + i] = (byte) (value >>> (Byte.SIZE * i));
        }
    }

    /** Whether the driver has masked a vector. */
    boolean isMasked(int vector) {
        return vector >= MSIX_VECTORS
                || (!hostMasks && (table[vector * ENTRY_BYTES + ADDRESS_AND_DATA_BYTES] & 1) != 0);
    }

    private long entry(int vector, int offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (table[vector * ENTRY_BYTES + offset + i] & 0xffL) << (Byte.SIZE * i);
        }
        return value;
    }

    @Override
    public int msixVectors() {
        return MSIX_VECTORS;
    }

    @Override
    public boolean hostMasksMsix() {
        return hostMasks;
    }

    @Override
    public void sendMsix(int vector, long address, int data) {
        if (closed) {
            stray("a message of vector " + vector + " after the card was unplugged");
        } else if (vector < 0
                || vector >= MSIX_VECTORS
                || (!hostMasks && (entry(vector, 0, 8) != address || (int) entry(vector, 8, 4) != data))) {
            stray(String.format(
                    "a message to 0x%x with data 0x%x, which is not what the driver put into vector %d",
                    address, data, vector));
        } else if (isMasked(vector)) {
            stray("a message of vector " + vector + ", which is masked");
        } else {
            listener.message(vector);
        }
    }

    @Override
    public boolean msixPending(int vector) {
        return false;
    }

    /** The player is told at once, and looks at the ring later. */
    @Override
    public long deliveryNanos() {
        return 0;
    }

    @Override
    public void setIntx(boolean level) {
        boolean rises = level && !asserted;
        falls += asserted && !level ? 1 : 0;
        asserted = level;
        if (rises && closed) {
            stray("INTA# after the card was unplugged");
        } else if (rises) {
            listener.asserted();
        }
    }

    private void stray(String what) {
        if (strays.size() < MAX_STRAYS) {
            strays.add(what);
        }
    }

    /** Level of INTA#. */
    boolean asserted() {
        return asserted;
    }

    /** How often INTA# has gone down. */
    long falls() {
        return falls;
    }

    /** The card is gone: whatever comes from now on is a stray. */
    void close() {
        closed = true;
    }

    /** Interrupts that should not have come, in words. */
    List<String> strays() {
        return List.copyOf(strays);
    }
}
