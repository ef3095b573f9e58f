// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;

/** Sample formats that both Haiku and virtio know, the one the media server likes best first. */
public enum SampleFormat {
    S32(17, 4),
    /** In 32 bits. */
    S24(15, 4),
    /** In 32 bits. */
    S20(13, 4),
    S16(5, 2),
    S8(3, 1),
    U8(4, 1),
    /** Known to the driver, but never chosen. */
    FLOAT(19, 4),
    /** Known to the driver, but never chosen. */
    FLOAT64(20, 8);

    private final int code;
    private final int sampleBytes;

    SampleFormat(int code, int sampleBytes) {
        this.code = code;
        this.sampleBytes = sampleBytes;
    }

    /** VIRTIO_SND_PCM_FMT_*. */
    int code() {
        return code;
    }

    /** Bytes of one sample in memory. */
    public int sampleBytes() {
        return sampleBytes;
    }

    boolean isIn(long formats) {
        return ((formats >>> code) & 1) != 0;
    }

    /** Whether a set of VIRTIO_SND_PCM_FMT_* bits has any of these. */
    static boolean anyIn(long formats) {
        for (SampleFormat format : values()) {
            if (format.isIn(formats)) {
                return true;
            }
        }
        return false;
    }

    /** What the media server takes: the widest integer format; null if there is none. */
    static @Nullable SampleFormat chosenFrom(long formats) {
        for (SampleFormat format : values()) {
            if (format != FLOAT && format != FLOAT64 && format.isIn(formats)) {
                return format;
            }
        }
        return null;
    }
}
