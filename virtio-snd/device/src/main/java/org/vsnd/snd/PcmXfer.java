// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** struct virtio_snd_pcm_xfer, 5.14.6.8: the head of every I/O message. Offsets in bytes. */
final class PcmXfer {
    static final int STREAM_ID = 0; // le32
    static final int LENGTH = 4;

    private PcmXfer() {}
}
