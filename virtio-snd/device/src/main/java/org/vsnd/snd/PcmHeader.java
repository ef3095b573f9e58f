// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/** struct virtio_snd_pcm_hdr, 5.14.6.6.1: the whole of PREPARE, RELEASE, START and STOP. Offsets in bytes. */
final class PcmHeader {
    static final int CODE = 0; // le32
    static final int STREAM_ID = 4; // le32
    static final int LENGTH = 8;

    private PcmHeader() {}
}
