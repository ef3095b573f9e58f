// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * Gives a stream's messages back to the driver, and knows as far as possible whether the driver has handled what it was
 * given: with VIRTIO_F_EVENT_IDX that its interrupt handler ran, without it nothing. Several streams may share one.
 * Device thread only.
 */
interface MessageCompleter {
    /** A mark that the driver has always reacted to. */
    long NOTHING_TO_REACT_TO = -1;

    /**
     * Writes the status to the last 8 bytes of the writable part (SND-70) and uses the buffer. The message object goes
     * back to the pool.
     *
     * @param status {@code VIRTIO_SND_S_OK} or {@code VIRTIO_SND_S_IO_ERR}, nothing else is allowed (SND-71)
     * @param latencyBytes the value of {@code latency_bytes}; limited to 32 bits
     * @param dataBytes bytes of recorded data at the start of the writable part; 0 for playback
     */
    void complete(PcmMessage message, int status, long latencyBytes, long dataBytes);

    /** Whether the driver may send more: it has not suspended the device. */
    default boolean takesMore() {
        return true;
    }

    /** Whether it can be known that the driver reacts. */
    boolean reactionsShow();

    /** Marks everything that was completed so far. */
    long mark();

    /** Whether the driver has reacted to what was completed before the mark, or this cannot be known. */
    boolean reactedTo(long mark);
}
