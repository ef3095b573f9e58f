// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.util.Arrays;

/** File descriptors that came with a message; {@link #closeAll()} closes those that are not taken. One thread. */
public final class ReceivedFds {
    /** Most descriptors in one message that can be received. */
    public static final int MAX_FDS = 64;

    private final int[] fds = new int[MAX_FDS];
    private int count;
    private boolean truncated;

    /** How many came. */
    public int count() {
        return count;
    }

    /** Whether more came than there was room for; the rest is lost. */
    public boolean truncated() {
        return truncated;
    }

    /** Looks at one without taking it; -1 if it was taken. */
    public int get(int index) {
        if (index >= count) {
            throw new IndexOutOfBoundsException(index);
        }
        return fds[index];
    }

    /** Takes one: from now on the caller must close it. */
    public int take(int index) {
        int fd = get(index);
        fds[index] = -1;
        return fd;
    }

    /** Closes those not taken and starts anew. */
    public void closeAll() {
        for (int i = 0; i < count; i++) {
            if (fds[i] >= 0) {
                LibC.close(fds[i]);
            }
        }
        Arrays.fill(fds, 0, count, -1);
        count = 0;
        truncated = false;
    }

    /** Adds one, which is now this object's. */
    public void add(int fd) {
        if (count == MAX_FDS) {
            LibC.close(fd);
            truncated = true;
        } else {
            fds[count++] = fd;
        }
    }

    void markTruncated() {
        truncated = true;
    }
}
