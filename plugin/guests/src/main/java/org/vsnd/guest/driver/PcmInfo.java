// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.nio.ByteBuffer;

/** struct virtio_snd_pcm_info, VIRTIO 1.4 section 5.14.6.6.2. */
public record PcmInfo(
        int hdaFnNid,
        int features,
        long formats,
        long rates,
        int direction,
        int channelsMin,
        int channelsMax,
        long padding) {
    /** Takes one from a reply, at an offset of its bytes. */
    public static PcmInfo decode(ByteBuffer le, int at) {
        return new PcmInfo(
                le.getInt(at),
                le.getInt(at + 4),
                le.getLong(at + 8),
                le.getLong(at + 16),
                le.get(at + 24),
                le.get(at + 25) & 0xff,
                le.get(at + 26) & 0xff,
                (le.getInt(at + 27) & 0xffff_ffffL) | ((long) le.get(at + 31) << 32));
    }

    /** Whether this stream plays. */
    public boolean isOutput() {
        return direction == 0;
    }
}
