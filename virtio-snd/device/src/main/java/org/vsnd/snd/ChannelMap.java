// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A channel map: struct virtio_snd_chmap_info, 5.14.6.9.1. Belongs to all streams of its direction and function group.
 *
 * @param positions {@code VIRTIO_SND_CHMAP_*} of each channel, at most 18
 */
public record ChannelMap(int functionNid, int direction, List<Integer> positions) {
    static final int LENGTH = 24;
    private static final int HDA_FN_NID = 0; // le32
    private static final int DIRECTION = 4; // u8
    private static final int CHANNELS = 5; // u8
    private static final int POSITIONS = 6; // u8[18]

    /** Checks the length: a wrong map is a fault in vsnd. */
    public ChannelMap {
        if (positions.size() > VirtioSnd.VIRTIO_SND_CHMAP_MAX_SIZE) {
            throw new IllegalArgumentException(positions.size() + " channels in a map");
        }
        positions = List.copyOf(positions);
    }

    /** Encodes {@link #LENGTH} bytes from index 0; {@code le} is little-endian and zeroed. */
    void encode(ByteBuffer le) {
        le.putInt(HDA_FN_NID, functionNid);
        le.put(DIRECTION, (byte) direction);
        le.put(CHANNELS, (byte) positions.size());
        for (int i = 0; i < positions.size(); i++) {
            le.put(POSITIONS + i, (byte) (int) positions.get(i));
        }
    }
}
