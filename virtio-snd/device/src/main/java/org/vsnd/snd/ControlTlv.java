// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.List;

/**
 * Metadata of a control element as its maker gives it: struct virtio_snd_ctl_tlv, 5.14.6.10.3. The types are ALSA's
 * ({@code sound/tlv.h}).
 *
 * @param value 32-bit numbers
 */
public record ControlTlv(int type, List<Integer> value) {
    /** {@code SNDRV_CTL_TLVT_DB_SCALE}: the lowest value in hundredths of a decibel, then the step. */
    static final int DB_SCALE = 1;
    /** In the step: the lowest value is silence. */
    static final int DB_SCALE_MUTE = 0x10000;

    /** {@code value} may be longer than any standard type needs, but not longer than a driver may write. */
    public ControlTlv {
        value = List.copyOf(value);
        if (value.size() > ControlMetadata.VALUE_BYTES_MAX / Integer.BYTES) {
            throw new IllegalArgumentException(value.size() + " numbers of metadata");
        }
    }
}
