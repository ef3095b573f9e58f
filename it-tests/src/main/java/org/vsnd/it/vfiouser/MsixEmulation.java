// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import java.util.Arrays;

/** The MSI-X table as the monitor keeps it: the server never sees the guest's accesses. One thread. */
public final class MsixEmulation {
    private static final int ENTRY_BYTES = 16;
    private static final int DATA = 2; // dword of an entry
    private static final int CONTROL = 3;

    private final int[] table;
    private final long[] messages;
    private final boolean[] pending;
    private boolean enabled;
    private boolean functionMasked;

    /** A table of masked vectors. */
    public MsixEmulation(int vectors) {
        table = new int[4 * vectors];
        messages = new long[vectors];
        pending = new boolean[vectors];
        reset();
    }

    /** As after power-on. */
    public void reset() {
        Arrays.fill(table, 0);
        for (int v = 0; v < vectors(); v++) {
            table[4 * v + CONTROL] = 1;
        }
        enabled = false;
        functionMasked = false;
    }

    int vectors() {
        return messages.length;
    }

    /** Bytes of the table. */
    public int tableBytes() {
        return ENTRY_BYTES * vectors();
    }

    /** A guest reads the table. */
    public long read(long offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            int at = (int) offset + i;
            value |= (long) ((table[at / 4] >>> (8 * (at % 4))) & 0xff) << (8 * i);
        }
        return value;
    }

    /** A guest writes the table. */
    public void write(long offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            int at = (int) offset + i;
            int shift = 8 * (at % 4);
            table[at / 4] = (table[at / 4] & ~(0xff << shift)) | ((int) ((value >>> (8 * i)) & 0xff) << shift);
        }
    }

    /** A guest has written the control word. */
    public void control(boolean nowEnabled, boolean nowMasked) {
        enabled = nowEnabled;
        functionMasked = nowMasked;
    }

    /** Whether vectors are used at all. */
    public boolean isEnabled() {
        return enabled;
    }

    boolean isOpen(int vector) {
        return enabled && !functionMasked && (table[4 * vector + CONTROL] & 1) == 0;
    }

    /** The server has triggered a vector. */
    public void triggered(int vector) {
        if (isOpen(vector)) {
            messages[vector]++;
        } else {
            pending[vector] = true;
        }
    }

    /** Delivers what was held back. */
    public void release() {
        for (int v = 0; v < vectors(); v++) {
            if (pending[v] && isOpen(v)) {
                pending[v] = false;
                messages[v]++;
            }
        }
    }

    boolean isPending(int vector) {
        return pending[vector];
    }

    /** Messages with this data, since the beginning. */
    public long messages(int data) {
        long sum = 0;
        for (int v = 0; v < vectors(); v++) {
            sum += table[4 * v + DATA] == data ? messages[v] : 0;
        }
        return sum;
    }
}
