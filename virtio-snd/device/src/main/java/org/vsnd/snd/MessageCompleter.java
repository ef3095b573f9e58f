// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** How a stream gives a message back to the driver. */
interface MessageCompleter {
    /**
     * Writes the status to the last 8 bytes of the writable part (SND-70) and uses the buffer. The message object goes
     * back to the pool.
     *
     * @param status {@code VIRTIO_SND_S_OK} or {@code VIRTIO_SND_S_IO_ERR}, nothing else is allowed (SND-71)
     * @param latencyBytes what {@code latency_bytes} says; limited to 32 bits
     * @param dataBytes bytes of recorded data at the start of the writable part; 0 for playback
     */
    void complete(PcmMessage message, int status, long latencyBytes, long dataBytes);
}
