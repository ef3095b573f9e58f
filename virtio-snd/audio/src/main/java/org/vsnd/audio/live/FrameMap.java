// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

/**
 * Maps host frames to the device's frames: the host also plays silence of its own. A short history of where
 * data and silence began; audio thread only, allocates nothing.
 */
final class FrameMap {
    /** Not a frame of the device: silence, or forgotten. */
    static final long NONE = -1;

    private static final int CAPACITY = 64;

    private final long[] hostFrames = new long[CAPACITY];
    private final long[] deviceFrames = new long[CAPACITY]; // NONE: silence
    private int size; // entries ever made since clear(), the last CAPACITY of them kept

    /** From here on the host's frames are the device's, starting with this one. */
    void data(long hostFrame, long deviceFrame) {
        begin(hostFrame, deviceFrame);
    }

    /** From here on the host's frames are silence. */
    void silence(long hostFrame) {
        if (size == 0 || deviceFrames[(size - 1) % CAPACITY] != NONE) {
            begin(hostFrame, NONE);
        }
    }

    /** The device's frame at a host frame, or {@link #NONE}. */
    long deviceFrame(long hostFrame) {
        for (int entry = size - 1; entry >= 0 && entry >= size - CAPACITY; entry--) {
            int slot = entry % CAPACITY;
            if (hostFrames[slot] <= hostFrame) {
                return deviceFrames[slot] == NONE ? NONE : deviceFrames[slot] + hostFrame - hostFrames[slot];
            }
        }
        return NONE;
    }

    void clear() {
        size = 0;
    }

    private void begin(long hostFrame, long deviceFrame) {
        if (size == 2 * CAPACITY) {
            size = CAPACITY; // the slots stay the same: this only keeps the count small
        }
        hostFrames[size % CAPACITY] = hostFrame;
        deviceFrames[size % CAPACITY] = deviceFrame;
        size++;
    }
}
