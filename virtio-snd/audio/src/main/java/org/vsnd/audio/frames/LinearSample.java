// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.PcmFormat;

/**
 * One sample of a format {@code MU_LAW..FLOAT64} as a number in -1..1, and back. Every such format up to 32 bits fits a
 * double without loss, so a round trip is exact. Values out of range are clipped, NaN is silence.
 */
public final class LinearSample {
    private final PcmFormat format;
    private final int sampleBytes;
    private final int validBits;
    private final double scale; // steps between 0 and full scale
    private final long signBit; // the offset of unsigned formats; 0 for signed ones
    private final @Nullable G711 law;

    /** Only for formats that are {@link #supported}. */
    public LinearSample(PcmFormat format) {
        this.format = format;
        sampleBytes = format.sampleBytes();
        validBits = validBits(format);
        scale = (double) (1L << (Math.max(validBits, 1) - 1));
        signBit = isUnsigned(format) ? 1L << (validBits - 1) : 0;
        law = format == PcmFormat.MU_LAW ? G711.MU_LAW : format == PcmFormat.A_LAW ? G711.A_LAW : null;
    }

    /** Whether a format's samples are numbers. */
    public static boolean supported(PcmFormat format) {
        return format.compareTo(PcmFormat.MU_LAW) >= 0 && format.compareTo(PcmFormat.FLOAT64) <= 0;
    }

    /** Valid bits of an integer sample; 0 for all others. */
    public static int validBits(PcmFormat format) {
        return switch (format) {
            case S8, U8 -> 8;
            case S16, U16 -> 16;
            case S18_3, U18_3 -> 18;
            case S20_3, U20_3, S20, U20 -> 20;
            case S24_3, U24_3, S24, U24 -> 24;
            case S32, U32 -> 32;
            default -> 0;
        };
    }

    /** Whether the middle of a format's integers is silence, and not 0. */
    public static boolean isUnsigned(PcmFormat format) {
        return switch (format) {
            case U8, U16, U18_3, U20_3, U24_3, U20, U24, U32 -> true;
            default -> false;
        };
    }

    /** The sample at an index. */
    public double load(ByteBuffer src, int at) {
        if (law != null) {
            return law.decode(src.get(at));
        }
        long raw = 0;
        for (int i = 0; i < sampleBytes; i++) {
            raw |= (src.get(at + i) & 0xffL) << (8 * i);
        }
        if (format == PcmFormat.FLOAT) {
            return Float.intBitsToFloat((int) raw);
        }
        if (format == PcmFormat.FLOAT64) {
            return Double.longBitsToDouble(raw);
        }
        int unused = Long.SIZE - validBits; // a driver may leave anything above the valid bits
        return ((raw ^ signBit) << unused >> unused) / scale;
    }

    /** Puts a sample at an index. */
    public void store(ByteBuffer dst, int at, double value) {
        long raw = encode(value);
        for (int i = 0; i < sampleBytes; i++) {
            dst.put(at + i, (byte) (raw >>> (8 * i)));
        }
    }

    private long encode(double value) {
        if (law != null) {
            return law.encode(value);
        }
        if (format == PcmFormat.FLOAT) {
            return Float.floatToRawIntBits((float) value);
        }
        if (format == PcmFormat.FLOAT64) {
            return Double.doubleToRawLongBits(value);
        }
        long steps = (long) Math.rint(Math.max(-scale, Math.min(scale - 1, value * scale)));
        return signBit == 0 ? steps : (steps ^ signBit) & ((signBit << 1) - 1);
    }
}
