// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a control element is: struct virtio_snd_ctl_info, 5.14.6.10.1. Constant for the life of the device.
 *
 * @param role {@code VIRTIO_SND_CTL_ROLE_*}, without the direction
 * @param direction {@link VirtioSnd#VIRTIO_SND_D_OUTPUT} or {@link VirtioSnd#VIRTIO_SND_D_INPUT}; only told with a role
 * @param access {@code 1 << VIRTIO_SND_CTL_ACCESS_*}
 * @param count how many values it has
 * @param index tells elements of one name apart
 * @param name ASCII, 1..43 letters
 * @param initial each member's first value
 * @param tlv its metadata; null if there is none
 */
public record ControlInfo(
        int functionNid,
        int role,
        int direction,
        ControlType type,
        int access,
        int count,
        int index,
        String name,
        long initial,
        @Nullable ControlTlv tlv) {
    /** The size as C lays it out: the union is aligned to 8 bytes. */
    static final int LENGTH = 96;
    /** The size without padding: what the standard's text says, and C with 32 bits (SND-95). */
    static final int PACKED_LENGTH = 92;

    static final int ACCESS_READ = 1 << VirtioSnd.VIRTIO_SND_CTL_ACCESS_READ;
    static final int ACCESS_WRITE = 1 << VirtioSnd.VIRTIO_SND_CTL_ACCESS_WRITE;
    static final int ACCESS_TLV_READ = 1 << VirtioSnd.VIRTIO_SND_CTL_ACCESS_TLV_READ;
    static final int ACCESS_TLV_WRITE = 1 << VirtioSnd.VIRTIO_SND_CTL_ACCESS_TLV_WRITE;
    static final int ACCESS_TLV_COMMAND = 1 << VirtioSnd.VIRTIO_SND_CTL_ACCESS_TLV_COMMAND;

    private static final int ACCESS_DEFINED = (ACCESS_TLV_COMMAND << 1) - 1;

    private static final int HDA_FN_NID = 0; // le32
    private static final int ROLE = 4; // le32
    private static final int TYPE = 8; // le32
    private static final int ACCESS = 12; // le32
    private static final int COUNT = 16; // le32
    private static final int INDEX = 20; // le32
    private static final int NAME = 24; // u8[44]
    private static final int NAME_BYTES = 44;
    private static final int PACKED_VALUE = NAME + NAME_BYTES;
    private static final int VALUE = PACKED_VALUE + 4;

    /** Checks what the specification demands of the device (SND-90 to SND-92): an error here is a fault in vsnd. */
    public ControlInfo {
        boolean right = role >= 0
                && role <= VirtioSnd.VIRTIO_SND_CTL_ROLE_GAIN
                && (direction & ~1) == 0
                && (access & ~ACCESS_DEFINED) == 0
                && count >= 1
                && count <= type.countMax()
                && ControlType.isText(name, NAME_BYTES)
                && type.allows(initial);
        if (!right) {
            throw new IllegalArgumentException("control element against the specification: " + name + ", " + type);
        }
    }

    /** Whether the driver may do something. */
    boolean allows(int right) {
        return (access & right) != 0;
    }

    /** Bytes of the element's value. */
    int valueBytes() {
        return type.members(count) * type.memberBytes();
    }

    /** Encodes from index 0 in one of the two layouts; {@code le} is little-endian and zeroed. */
    void encode(ByteBuffer le, boolean packed) {
        le.putInt(HDA_FN_NID, functionNid);
        le.putInt(ROLE, role == VirtioSnd.VIRTIO_SND_CTL_ROLE_UNDEFINED ? 0 : role << 1 | direction);
        le.putInt(TYPE, type.number());
        le.putInt(ACCESS, access);
        le.putInt(COUNT, count);
        le.putInt(INDEX, index);
        le.put(NAME, name.getBytes(StandardCharsets.US_ASCII));
        type.encodeInfo(le, packed ? PACKED_VALUE : VALUE);
    }
}
