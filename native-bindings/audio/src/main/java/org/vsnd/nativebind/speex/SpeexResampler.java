// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.speex;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;
import org.vsnd.audio.frames.SampleConverter;

/**
 * A {@link Resampler} by libspeexdsp. S16 uses its integer interface, every other linear format its floats
 * (24 bits of S32 remain).
 */
public final class SpeexResampler implements Resampler {
    private static final Logger LOG = System.getLogger(SpeexResampler.class.getName());

    /** Quality, 0..10: the lowest at which the filter is the same just above and just below 1. */
    private static final int QUALITY = 7;

    private static final int CHUNK_FRAMES = 512;

    private static final AtomicBoolean COMPLAINED = new AtomicBoolean();

    private final PcmParams params;
    private final boolean integer;
    private final SampleConverter load;
    private final SampleConverter store;
    private final NearUnityFraction fraction = new NearUnityFraction();
    private final int delayFrames;

    private final Memory work; // in, out, and the two lengths
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final ByteBuffer lengths;
    private final long inAddress;
    private final long outAddress;
    private final long lengthsAddress;

    private long state; // 0 when closed
    private double ratio = 1;
    private int numerator;
    private int denominator;

    private SpeexResampler(PcmParams params) {
        this.params = params;
        integer = params.format() == PcmFormat.S16;
        PcmFormat inside = integer ? PcmFormat.S16 : PcmFormat.FLOAT;
        load = new SampleConverter(params.format(), params.channels(), inside, params.channels());
        store = new SampleConverter(inside, params.channels(), params.format(), params.channels());
        int chunkBytes = CHUNK_FRAMES * inside.sampleBytes() * params.channels();
        work = new Memory(2L * chunkBytes + 2 * Integer.BYTES);
        in = work.getByteBuffer(0, chunkBytes);
        out = work.getByteBuffer(chunkBytes, chunkBytes);
        lengths = work.getByteBuffer(2L * chunkBytes, 2 * Integer.BYTES).order(ByteOrder.nativeOrder());
        inAddress = Pointer.nativeValue(work);
        outAddress = inAddress + chunkBytes;
        lengthsAddress = outAddress + chunkBytes;
        state = SpeexDsp.speex_resampler_init(params.channels(), params.rateHz(), params.rateHz(), QUALITY, 0);
        delayFrames = state == 0 ? 0 : SpeexDsp.speex_resampler_get_input_latency(state);
        useFraction();
    }

    /**
     * A resampler for such frames.
     *
     * @return empty if their samples are not linear, or if libspeexdsp is missing, which is logged once
     */
    public static Optional<Resampler> open(PcmParams params) {
        if (!SampleConverter.possible(params.format(), 1, PcmFormat.FLOAT, 1)) {
            return Optional.empty();
        }
        try {
            SpeexResampler resampler = new SpeexResampler(params);
            if (resampler.state != 0) {
                return Optional.of(resampler);
            }
            resampler.close();
            complain("it has no memory");
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            complain("install the package libspeexdsp1");
        }
        return Optional.empty();
    }

    private static void complain(String reason) {
        if (!COMPLAINED.getAndSet(true)) {
            LOG.log(
                    Level.WARNING,
                    "No resampling by " + SpeexDsp.SONAME + ", so recordings may lose or repeat some milliseconds: "
                            + reason);
        }
    }

    @Override
    public int delayFrames() {
        return delayFrames;
    }

    @Override
    public void setRatio(double takenPerPut) {
        ratio = Math.max(1 - WIDEST_DEVIATION, Math.min(1 + WIDEST_DEVIATION, takenPerPut));
    }

    @Override
    public int process(ByteBuffer from, ByteBuffer to) {
        if (state == 0) {
            throw new IllegalStateException("closed");
        }
        int frameBytes = params.frameBytes();
        int putFrames = 0;
        int moved = 1;
        while (moved > 0 && from.remaining() >= frameBytes && to.remaining() >= frameBytes) {
            useFraction();
            int mostIn = Math.min(CHUNK_FRAMES, from.remaining() / frameBytes);
            int mostOut = Math.min(CHUNK_FRAMES, to.remaining() / frameBytes);
            take(from, mostIn);
            lengths.putInt(0, mostIn).putInt(Integer.BYTES, mostOut);
            convert();
            int taken = lengths.getInt(0);
            int put = lengths.getInt(Integer.BYTES);
            from.position(from.position() + taken * frameBytes);
            out.clear().limit(put * out.capacity() / CHUNK_FRAMES);
            store.convert(out, to);
            fraction.passed(put);
            putFrames += put;
            moved = taken + put;
        }
        return putFrames;
    }

    @Override
    public void close() {
        if (state != 0) {
            SpeexDsp.speex_resampler_destroy(state);
            state = 0;
        }
        work.close();
    }

    /** Copies frames in and leaves the position unchanged: it is not yet known how many are used. */
    private void take(ByteBuffer from, int frames) {
        int start = from.position();
        in.clear().limit(frames * in.capacity() / CHUNK_FRAMES);
        load.convert(from, in);
        from.position(start);
    }

    private void convert() {
        long outLength = lengthsAddress + Integer.BYTES;
        if (integer) {
            SpeexDsp.speex_resampler_process_interleaved_int(state, inAddress, lengthsAddress, outAddress, outLength);
        } else {
            SpeexDsp.speex_resampler_process_interleaved_float(state, inAddress, lengthsAddress, outAddress, outLength);
        }
    }

    private void useFraction() {
        fraction.choose(ratio);
        boolean same = fraction.numerator() == numerator && fraction.denominator() == denominator;
        if (state == 0 || same) {
            return;
        }
        numerator = fraction.numerator();
        denominator = fraction.denominator();
        int error =
                SpeexDsp.speex_resampler_set_rate_frac(state, numerator, denominator, params.rateHz(), params.rateHz());
        if (error != SpeexDsp.RESAMPLER_ERR_SUCCESS) {
            throw new IllegalStateException("speex_resampler_set_rate_frac: error " + error);
        }
    }
}
