// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

/** One tx or rx message: its memory in the guest and how it came back. Reused; one at a time in flight. */
public final class SoundMessage {
    final int stream;
    final boolean output;
    final int dataBytes;
    final long header;
    final long data;
    final long statusAt;
    final int token;
    boolean pending;
    long submittedNanos;
    long completedNanos;
    int usedLength;
    int status;
    int latencyBytes;
    long completions;

    SoundMessage(int token, int stream, boolean output, int dataBytes, long header, long data, long statusAt) {
        this.token = token;
        this.stream = stream;
        this.output = output;
        this.dataBytes = dataBytes;
        this.header = header;
        this.data = data;
        this.statusAt = statusAt;
    }

    /** Whether it is for playback. */
    public boolean isOutput() {
        return output;
    }

    /** Guest-physical address of the frames. */
    public long data() {
        return data;
    }

    /** Bytes of the frames. */
    public int dataBytes() {
        return dataBytes;
    }

    /** Whether the device has it. */
    public boolean isPending() {
        return pending;
    }

    /** When it was handed over, in the bus's time. */
    public long submittedNanos() {
        return submittedNanos;
    }

    /** When it was seen to be back, in the bus's time. */
    public long completedNanos() {
        return completedNanos;
    }

    /** Bytes the device said it had written. */
    public int usedLength() {
        return usedLength;
    }

    /** The status from the message's last 8 bytes; 0 if the device wrote none. */
    public int status() {
        return status;
    }

    /** The latency reported. */
    public int latencyBytes() {
        return latencyBytes;
    }

    /** Times it came back. */
    public long completions() {
        return completions;
    }
}
