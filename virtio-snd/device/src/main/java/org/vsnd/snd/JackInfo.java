// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One jack as the operator configured it, fixed for the life of the device: most of struct virtio_snd_jack_info, 5.14.6.4.1.
 *
 * @param name for the operator, for example {@code headphone:output0}
 * @param functionNid of the stream whose sound passes there
 * @param association the group of jacks that it belongs to, 0..15, until a driver changes it
 * @param sequence its place in the group, 0..15, until a driver changes it
 * @param remappable whether a driver may change these
 * @param plugged whether something is plugged in at first
 * @param follows the stream with whose host that changes, by the name with which it is opened: {@code output 0}; null for none
 */
public record JackInfo(
        String name,
        JackKind kind,
        int functionNid,
        int association,
        int sequence,
        boolean remappable,
        boolean plugged,
        @Nullable String follows) {
    /** The largest association and sequence. */
    public static final int GROUP_MAX = 15;

    static final int LENGTH = 24;
    static final int ASSOCIATION_SHIFT = 4;

    private static final int HDA_FN_NID = 0; // le32
    private static final int FEATURES = 4; // le32
    private static final int HDA_REG_DEFCONF = 8; // le32
    private static final int HDA_REG_CAPS = 12; // le32
    private static final int CONNECTED = 16; // u8; padding at 17 is zero (SND-21)
    private static final int F_REMAP = 1 << VirtioSnd.VIRTIO_SND_JACK_F_REMAP;

    /** An error here is a fault in vsnd. */
    public JackInfo {
        if (!isGroup(association) || !isGroup(sequence)) {
            throw new IllegalArgumentException("association " + association + ", sequence " + sequence);
        }
    }

    static boolean isGroup(long number) {
        return number >= 0 && number <= GROUP_MAX;
    }

    /**
     * Encodes {@link #LENGTH} bytes from index 0; {@code le} is little-endian and zeroed.
     *
     * @param association as it is now
     * @param sequence as it is now
     * @param connected whether something is plugged in now
     */
    void encode(ByteBuffer le, int association, int sequence, boolean connected) {
        le.putInt(HDA_FN_NID, functionNid);
        le.putInt(FEATURES, remappable ? F_REMAP : 0);
        le.putInt(HDA_REG_DEFCONF, kind.defaultConfiguration() | association << ASSOCIATION_SHIFT | sequence);
        le.putInt(HDA_REG_CAPS, kind.capabilities());
        le.put(CONNECTED, (byte) (connected ? 1 : 0));
    }
}
