// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.speex;

import com.sun.jna.Native;

/**
 * The resampler of libspeexdsp, one to one: C names, C arguments. Pointers are {@code long}, so that a call allocates
 * nothing. Using the class throws {@link UnsatisfiedLinkError} or {@link NoClassDefFoundError} without the library.
 */
@SuppressWarnings("MemberName") // C's own spelling
final class SpeexDsp {
    static final String SONAME = "libspeexdsp.so.1";
    static final int RESAMPLER_ERR_SUCCESS = 0;

    static {
        Native.register(SpeexDsp.class, SONAME);
    }

    private SpeexDsp() {}

    static native long speex_resampler_init(int nb_channels, int in_rate, int out_rate, int quality, long err);

    static native void speex_resampler_destroy(long st);

    static native int speex_resampler_process_interleaved_int(long st, long in, long in_len, long out, long out_len);

    static native int speex_resampler_process_interleaved_float(long st, long in, long in_len, long out, long out_len);

    static native int speex_resampler_set_rate_frac(long st, int ratio_num, int ratio_den, int in_rate, int out_rate);

    static native int speex_resampler_get_input_latency(long st);
}
