// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.vfiouser;

import java.util.Arrays;

/** The MSI-X table as the monitor keeps it: the server never sees the guest's accesses. One thread. */
final class MsixEmulation {
    private static final int ENTRY_BYTES = 16;
    private static final int DATA = 2; // dword of an entry
    private static final int CONTROL = 3;

    private final int[] table;
    private final long[] messages;
    private final boolean[] pending;
    private boolean enabled;
    private boolean functionMasked;

    MsixEmulation(int vectors) {
        table = new int[4 * vectors];
        messages = new long[vectors];
        pending = new boolean[vectors];
        reset();
    }

    void reset() {
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

    int tableBytes() {
        return ENTRY_BYTES * vectors();
    }

    long read(long offset, int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            int at = (int) offset + i;
            value |= (long) ((table[at / 4] >>> (8 * (at % 4))) & 0xff) << (8 * i);
        }
        return value;
    }

    void write(long offset, int size, long value) {
        for (int i = 0; i < size; i++) {
            int at = (int) offset + i;
            int shift = 8 * (at % 4);
            table[at / 4] = (table[at / 4] & ~(0xff << shift)) | ((int) ((value >>> (8 * i)) & 0xff) << shift);
        }
    }

    void control(boolean nowEnabled, boolean nowMasked) {
        enabled = nowEnabled;
        functionMasked = nowMasked;
    }

    boolean isEnabled() {
        return enabled;
    }

    boolean isOpen(int vector) {
        return enabled && !functionMasked && (table[4 * vector + CONTROL] & 1) == 0;
    }

    /** The server has triggered a vector. */
    void triggered(int vector) {
        if (isOpen(vector)) {
            messages[vector]++;
        } else {
            pending[vector] = true;
        }
    }

    /** Delivers what was held back. */
    void release() {
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

    long messages(int data) {
        long sum = 0;
        for (int v = 0; v < vectors(); v++) {
            sum += table[4 * v + DATA] == data ? messages[v] : 0;
        }
        return sum;
    }
}
