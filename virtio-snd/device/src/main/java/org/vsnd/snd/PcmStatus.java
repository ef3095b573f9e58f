// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** struct virtio_snd_pcm_status, 5.14.6.8: the last bytes of every I/O message's writable part. Offsets in bytes. */
final class PcmStatus {
    static final int STATUS = 0; // le32
    static final int LATENCY_BYTES = 4; // le32
    static final int LENGTH = 8;

    private PcmStatus() {}
}
